// What the gateway tells its pages. They are drawn before it has; what cannot do without waits, and says so.

import { useQuery } from '@tanstack/react-query';

import { ask } from '../rest/ask';

interface Settings {
  version: string;
  /** How often Prometheus is polled. */
  poll_interval_seconds: number;
  /** Where a browser finds the simulator's control API. */
  simulator_url: string;
  /** What an incident's severity may be. */
  incident_severities: string[];
}

/** It has them at hand: one that takes longer is not there. */
const PATIENCE_MS = 3_000;
const RETRY_MS = 5_000;

export function useSettings() {
  return useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) =>
      ask<Settings>('/api/ui/settings', { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) }),
    staleTime: Infinity,
    retry: false,
    refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : false),
  });
}
