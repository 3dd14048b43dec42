// How long something has been, counted on each second.

import { useUnits } from '../messages/react';
import { useNow } from '../watch/clock';

export function Age({ since, say }: { since: number; say: (span: string) => string }) {
  const now = useNow();
  const units = useUnits();
  return say(units.duration(Math.max(1, Math.round((now - since) / 1000))));
}
