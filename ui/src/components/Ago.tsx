// How long ago a moment was, and exactly when to whoever points at it.

import { useSpeech } from '../messages/react';
import { ago } from '../model/age';

export function Ago({ at, now }: { at: string | number; now: number }) {
  const { language, units } = useSpeech();
  return (
    <time dateTime={new Date(at).toISOString()} title={units.dateTime(at)}>
      {ago(language, at, now)}
    </time>
  );
}
