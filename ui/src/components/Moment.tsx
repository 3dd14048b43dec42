// A moment: how long ago it was, and exactly when to whoever points at it.

import { useUnits } from '../messages/react';

export function Moment({ at, now }: { at: string | number; now: number }) {
  const units = useUnits();
  return (
    <time dateTime={new Date(at).toISOString()} title={units.dateTime(at)}>
      {units.ago(at, now)}
    </time>
  );
}
