// What is known of alerts over time: those that are active, what has changed of each, and those that went lately.

import { alertKey, type Alert } from './alert';

/** An active alert. The same object stands for it until something of it changes. */
export interface Entry {
  key: string;
  alert: Alert;
  /** What was last different, and when; of alerts that were there from the start, nothing. */
  change: { what: 'new' | 'state' | 'value'; at: number } | undefined;
  /** When it was seen to begin to fire, in milliseconds since 1970. */
  firedAt: number | undefined;
}

/** An alert that is no longer active. */
export interface Gone {
  key: string;
  alert: Alert;
  at: number;
}

export interface AlertBook {
  entries: Entry[];
  /** The latest first. */
  gone: Gone[];
}

/** How long one that has gone is remembered. */
export const LATELY_MS = 5 * 60_000;

/** The book after a frame; `undefined` before the first. */
export function turn(book: AlertBook | undefined, alerts: Alert[], now: number): AlertBook {
  const known = new Map(book?.entries.map((entry) => [entry.key, entry]));
  const entries = new Map<string, Entry>();
  for (const alert of alerts) {
    const key = alertKey(alert);
    const before = known.get(key);
    entries.set(key, before ? again(before, alert, now) : first(key, alert, book && now));
  }
  const left = [...known.values()].filter(({ key }) => !entries.has(key)).map(({ key, alert }) => ({ key, alert, at: now }));
  const gone = (book?.gone ?? []).filter(({ key, at }) => !entries.has(key) && now - at < LATELY_MS);
  return { entries: [...entries.values()], gone: [...left, ...gone] };
}

/** `now` is `undefined` where nobody knows since when it has been there. */
function first(key: string, alert: Alert, now: number | undefined): Entry {
  const change = now === undefined ? undefined : ({ what: 'new', at: now } as const);
  return { key, alert, change, firedAt: alert.state === 'firing' ? now : undefined };
}

function again(before: Entry, alert: Alert, now: number): Entry {
  const { state, value, activeAt, annotations } = before.alert;
  if (state !== alert.state || activeAt !== alert.activeAt) {
    const firedAt = alert.state === 'firing' ? now : undefined;
    return { ...before, alert, change: { what: 'state', at: now }, firedAt };
  }
  const said = JSON.stringify(annotations) === JSON.stringify(alert.annotations);
  return value === alert.value && said ? before : { ...before, alert, change: { what: 'value', at: now } };
}

/** Names of the alerts that were seen to begin to fire after `since`, each once. */
export function begunToFire({ entries }: AlertBook, since: number): string[] {
  const begun = entries.filter(({ firedAt }) => firedAt !== undefined && firedAt > since);
  return [...new Set(begun.map(({ alert }) => alert.labels.alertname ?? ''))];
}
