// Active alerts, as Prometheus' `/api/v1/alerts` lists them.

import { seriesKey } from './query';

export interface Alert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  state: 'pending' | 'firing';
  /** RFC 3339: when its expression began to hold. */
  activeAt: string;
  /** As Prometheus prints it, `8.5e+01`. */
  value: string;
}

/** The alerts of a frame of the channel `alerts`; none of anything else. */
export function readAlerts(data: unknown): Alert[] {
  if (typeof data !== 'object' || data === null || !('alerts' in data) || !Array.isArray(data.alerts)) return [];
  return data.alerts as Alert[];
}

/** Tells alerts apart: their labels, in order. */
export function alertKey({ labels }: Alert): string {
  return seriesKey(labels);
}
