// What the gateway tells its pages. They are drawn before it has; what cannot do without waits, and says so.

import { useQuery } from '@tanstack/react-query';

import { isObject, list, members, numberOrNull, text } from '../model/json';
import { askFor } from './ask';

export interface Settings {
  version: string;
  /** How often Prometheus is polled, if it says so. */
  poll_interval_seconds: number | undefined;
  /** Where a browser finds the simulator's control API; nothing where there is none to rehearse with. */
  simulator_url: string | undefined;
  /** Whether there is a database of incidents to ask. */
  incidents: boolean;
  /** What an incident's severity may be. */
  incident_severities: string[];
  /** The severities of alerts, from the gravest on, and their tones. */
  alert_severities: { name: string; tone: string }[];
}

export function readSettings(answer: unknown): Settings | undefined {
  if (!isObject(answer)) return undefined;
  const seconds = numberOrNull(answer.poll_interval_seconds) ?? NaN;
  const url = text(answer.simulator_url);
  return {
    version: text(answer.version),
    poll_interval_seconds: seconds > 0 ? seconds : undefined,
    simulator_url: /^https?:/.test(url) && URL.canParse(url) ? url : undefined,
    incidents: answer.incidents !== false,
    incident_severities: list(answer.incident_severities).map(text).filter((one) => one !== ''),
    alert_severities: list(answer.alert_severities)
      .map(members)
      .map(({ name, tone }) => ({ name: text(name), tone: text(tone) }))
      .filter(({ name }) => name !== ''),
  };
}

/** It has them at hand: one that takes longer is not there. */
const PATIENCE_MS = 3_000;
const RETRY_MS = 5_000;

export function useSettings() {
  return useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) =>
      askFor(readSettings, 'api/ui/settings', { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) }),
    staleTime: Infinity,
    retry: false,
    refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : false),
  });
}
