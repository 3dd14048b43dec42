// The connection as pages use it.

import { createContext, use, useCallback, useEffect, useSyncExternalStore, type ReactNode } from 'react';

import type { Channel } from '../model/frame';
import type { ChannelState } from './channels';
import type { Connection, ConnectionState, Counts } from './connection';

const Context = createContext<Connection | undefined>(undefined);

export function ConnectionProvider({ connection, children }: { connection: Connection; children: ReactNode }) {
  return <Context value={connection}>{children}</Context>;
}

function useConnection(): Connection {
  const connection = use(Context);
  if (!connection) throw new Error('outside of a ConnectionProvider');
  return connection;
}

export function useConnectionState(): ConnectionState {
  const connection = useConnection();
  return useSyncExternalStore(connection.listen, connection.getState);
}

/** Where the gateway is listened to. */
export function useConnectionUrl(): string {
  return useConnection().url;
}

export function useCounts(): Counts {
  const connection = useConnection();
  return useSyncExternalStore(connection.listen, connection.getCounts);
}

/** Of the channels that are wanted, the one that has been stale for longest; nothing if none is. */
export function useWorstChannel(): ChannelState | undefined {
  const connection = useConnection();
  return useSyncExternalStore(connection.listen, connection.getWorst);
}

/** What is known of a channel, without subscribing to it. */
export function useChannelState(channel: Channel): ChannelState {
  const connection = useConnection();
  return useSyncExternalStore(
    connection.listen,
    useCallback(() => connection.getChannel(channel), [connection, channel]),
  );
}

/** Subscribes to a channel while the component is shown; its latest frame stays when it grows stale. */
export function useChannel(channel: Channel): ChannelState {
  const connection = useConnection();
  useEffect(() => connection.subscribe(channel), [connection, channel]);
  return useChannelState(channel);
}

/** The channels `instant` and `metrics`: both are of one poll, and only `instant` says whether it has brought anything. */
export function usePoll() {
  const instant = useChannel('instant');
  const metrics = useChannel('metrics');
  const stale = instant.stale || metrics.stale;
  return { instant, metrics: { ...metrics, stale, goodAt: instant.stale ? instant.goodAt : metrics.goodAt } };
}
