// Says that what a page shows is not the latest, and why.

import { useConnectionState } from '../connection/react';
import { useTexts, useUnits } from '../messages/react';
import { Note } from './Note';

/** How a channel's data is, for `<Card stale>` and for this note. */
export interface Freshness {
  stale: boolean;
  staleSince?: number;
}

/** Whether what a channel has brought is not the latest: the gateway says so, or is not there to say anything. */
export function useIsStale({ stale }: Freshness): boolean {
  return useConnectionState().is !== 'open' || stale;
}

export function StaleNote({ channel }: { channel: Freshness }) {
  const state = useConnectionState();
  const { connection } = useTexts();
  const units = useUnits();
  if (state.is === 'waiting') return <Note tone="critical">{connection.lost}</Note>;
  if (state.is !== 'open' || !channel.stale) return null;
  const since = channel.staleSince === undefined ? '' : `${connection.staleSince(units.time(channel.staleSince))}. `;
  return (
    <Note tone="warning">
      {since}
      {connection.staleBecause}
    </Note>
  );
}
