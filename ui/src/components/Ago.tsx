// How long ago a moment was, and exactly when to whoever points at it.

import { useSpeech } from '../messages/react';
import { ago } from '../model/age';
import { dateOf, UNKNOWN } from '../model/units';

export function Ago({ at, now }: { at: string | null; now: number }) {
  const { language, units } = useSpeech();
  const date = dateOf(at);
  if (at === null || !date) return UNKNOWN;
  return (
    <time dateTime={date.toISOString()} title={units.dateTime(at)}>
      {ago(language, at, now)}
    </time>
  );
}
