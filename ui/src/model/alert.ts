// Active alerts, as Prometheus' `/api/v1/alerts` lists them.

import { isObject, list, text, texts } from './json';
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

/**
 * The alerts of a frame of the channel `alerts`; none of anything else. The gateway passes on what it is told, and not
 * every server that speaks Prometheus' API tells all of it: what is absent is empty, what is no active alert is left out.
 */
export function readAlerts(data: unknown): Alert[] {
  if (!isObject(data)) return [];
  return list(data.alerts)
    .filter(isObject)
    .flatMap(({ labels, annotations, state, activeAt, value }) =>
      state === 'pending' || state === 'firing'
        ? [{ labels: texts(labels), annotations: texts(annotations), state, activeAt: text(activeAt), value: text(value) }]
        : [],
    );
}

/** Whether the data of a frame are alerts; `null` means none of them. */
export function areAlerts(data: unknown): boolean {
  return isObject(data) && (data.alerts === null || Array.isArray(data.alerts));
}

/** Tells alerts apart: their labels, in order. */
export function alertKey({ labels }: Alert): string {
  return seriesKey(labels);
}
