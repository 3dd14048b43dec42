// How long something has been, counted on each second; after an hour, on each minute.

import { useUnits } from '../messages/react';
import { useNow } from '../stores/clock';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export function Age({ since, say }: { since: number; say: (span: string) => string }) {
  const isOld = useNow(MINUTE_MS) - since > HOUR_MS;
  const now = useNow(isOld ? MINUTE_MS : 1000);
  const units = useUnits();
  return say(units.duration(Math.max(1, Math.round((now - since) / 1000))));
}
