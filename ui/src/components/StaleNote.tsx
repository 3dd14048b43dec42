// Says that what a page shows is not the latest: which data, and since when.

import { useConnectionState, useCounts } from '../connection/react';
import { useTexts, useUnits } from '../messages/react';
import type { Messages } from '../messages/en';
import { diagnosis } from '../stores/diagnosis';
import { useStore } from '../stores/store';
import { Cause } from './Cause';
import { Note } from './Note';

/** How a channel's data is, for `<Card stale>` and for this note. */
interface Freshness {
  stale: boolean;
  goodAt?: number | undefined;
}

/** Whether what a channel has brought is not the latest: the gateway says so, or is not there to say anything. */
export function useIsStale({ stale }: Freshness): boolean {
  return useConnectionState().is !== 'open' || stale;
}

/** While the gateway is not there. The first try of all is no loss. */
export function LostNote() {
  const state = useConnectionState();
  const { connections } = useCounts();
  const { connection } = useTexts();
  const units = useUnits();
  const found = useStore(diagnosis);
  if (state.is === 'open' || (state.is === 'connecting' && !state.again)) return null;
  // It is being asked whether anybody is there at all.
  if (connections === 0 && found === undefined) return null;
  const isThere = found !== undefined && found !== 'silent';
  const lost = isThere ? connection.refused : connection.lost;
  return (
    <Note tone="critical">
      {connections > 0 ? lost(units.time(state.since)) : isThere ? connection.unopened : connection.never}
      <Cause />
    </Note>
  );
}

/** While the gateway is there and a channel is stale; `of` is what its data are. */
export function StaleNote({ of, channel }: { of: keyof Messages['connection']['stale']; channel: Freshness }) {
  const state = useConnectionState();
  const { stale, nothing } = useTexts().connection;
  const units = useUnits();
  if (state.is !== 'open' || !channel.stale) return null;
  return <Note tone="warning">{channel.goodAt === undefined ? nothing : stale[of](units.time(channel.goodAt))}</Note>;
}
