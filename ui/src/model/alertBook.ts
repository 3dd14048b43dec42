// What is known of alerts over time: those that are active, what has changed of each, and those that went lately.

import { alertKey, type Alert } from './alert';

/** An active alert. The same object stands for it until something of it changes. */
export interface Entry {
  key: string;
  alert: Alert;
  /** What was last different, and when; of alerts that were there from the start, nothing. */
  change: { what: 'new' | 'state' | 'value'; at: number } | undefined;
}

/** An alert that is no longer active. */
export interface Gone {
  key: string;
  alert: Alert;
  at: number;
  /** Nothing was heard for long before `at`: it may have gone at any time since then. */
  unseen: boolean;
}

export interface AlertBook {
  entries: Entry[];
  /** The latest first. */
  gone: Gone[];
  /** When this was heard. */
  at: number;
}

/** How long one that has gone is remembered. */
export const LATELY_MS = 5 * 60_000;
/** What went between two frames that are further apart than this went at an unknown time. */
export const NEAR_MS = 30_000;

/** The book after a frame; `undefined` before the first. */
export function turn(book: AlertBook | undefined, alerts: Alert[], now: number): AlertBook {
  const known = new Map(book?.entries.map((entry) => [entry.key, entry]));
  const entries = new Map<string, Entry>();
  for (const alert of alerts) {
    const key = alertKey(alert);
    const before = known.get(key);
    entries.set(key, before ? again(before, alert, now) : first(key, alert, book && now));
  }
  const unseen = book !== undefined && now - book.at > NEAR_MS;
  const missing = [...known.values()].filter(({ key }) => !entries.has(key));
  const left = missing.map(({ key, alert }) => ({ key, alert, at: now, unseen }));
  const gone = (book?.gone ?? []).filter(({ key, at }) => !entries.has(key) && now - at < LATELY_MS);
  return { entries: settle(book?.entries, [...entries.values()]), gone: [...left, ...gone], at: now };
}

/** The same array while nothing in it is different: nobody sorts and groups it anew. */
function settle(before: Entry[] | undefined, after: Entry[]): Entry[] {
  const same = before?.length === after.length && before.every((entry, index) => entry === after[index]);
  return same ? before : after;
}

/** `now` is `undefined` where nobody knows since when it has been there. */
function first(key: string, alert: Alert, now: number | undefined): Entry {
  const change = now === undefined ? undefined : ({ what: 'new', at: now } as const);
  return { key, alert, change };
}

function again(before: Entry, alert: Alert, now: number): Entry {
  const { state, value, activeAt, annotations } = before.alert;
  if (state !== alert.state || activeAt !== alert.activeAt) return { ...before, alert, change: { what: 'state', at: now } };
  if (!same(before.alert.suppressed, alert.suppressed)) return { ...before, alert, change: { what: 'state', at: now } };
  return value === alert.value && same(annotations, alert.annotations) ? before : { ...before, alert, change: { what: 'value', at: now } };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The names of the alerts that fire. */
export function firing({ entries }: AlertBook): ReadonlySet<string> {
  const names = entries.filter(({ alert }) => alert.state === 'firing').map(({ alert }) => alert.labels.alertname ?? '');
  return new Set(names);
}

/** What is announced to those who know that `before` fired. */
export interface News {
  begun: string[];
  ended: string[];
}

export function news(before: ReadonlySet<string>, now: ReadonlySet<string>): News {
  return {
    begun: [...now].filter((name) => !before.has(name)),
    ended: [...before].filter((name) => !now.has(name)),
  };
}
