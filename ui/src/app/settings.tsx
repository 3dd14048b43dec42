// What the gateway tells its page. Until it answers, its defaults stand: the page must open without it, to say that it
// is gone.

import { useQuery } from '@tanstack/react-query';
import { createContext, use, type ReactNode } from 'react';

import { ask } from '../rest/ask';

export interface Settings {
  version: string;
  /** How often Prometheus is polled. */
  poll_interval_seconds: number;
  /** Where a browser finds the simulator's control API. */
  simulator_url: string;
  /** What an incident's severity may be. */
  incident_severities: string[];
}

const DEFAULTS: Settings = {
  version: '',
  poll_interval_seconds: 10,
  simulator_url: 'http://localhost:8082',
  incident_severities: [],
};

const Context = createContext(DEFAULTS);

export function SettingsProvider({ children }: { children: ReactNode }) {
  const { data, isPending } = useQuery({
    queryKey: ['settings'],
    queryFn: () => ask<Settings>('/api/ui/settings'),
    staleTime: Infinity,
  });
  return isPending ? null : <Context value={data ?? DEFAULTS}>{children}</Context>;
}

export const useSettings = (): Settings => use(Context);
