// What is remembered of alerts whichever page is shown: the book of the page Alerts, the timelines of the page Rehearse.

import { areAlerts, readAlerts, type Alert } from '../model/alert';
import { readHandlings } from '../model/alertmanager';
import { turn, type AlertBook } from '../model/alertBook';
import type { Frame } from '../model/frame';
import { setOff, type Rehearsal } from '../model/rehearsal';
import { start, onRehearsalState, onAlertFrame, seed, type Timeline } from '../model/timeline';
import { Store } from './store';

/** By the alert's name. */
type Timelines = ReadonlyMap<string, Timeline>;

export const book = new Store<AlertBook | undefined>(undefined);
/** By how many milliseconds the gateway's clock is ahead of this one. */
export const skew = new Store(0);
export const timelines = new Store<Timelines>(new Map());

/** Nothing until the first frame: what that one brings was there before anybody looked. */
let latest: Alert[] | undefined;

type Heard = Pick<Frame, 'data' | 'stale' | 'timestamp' | 'alertmanager'>;

/** A frame of the channel `alerts` has come. One that is stale, or carries a fault or something unknown, tells nothing. */
export function onAlerts({ data, stale, timestamp, alertmanager }: Heard, now: number): void {
  if (stale || !areAlerts(data)) return;
  compareClocks(Date.parse(timestamp) - now);
  const step = latest === undefined ? seed : onAlertFrame;
  const alerts = (latest = readAlerts(data, readHandlings(alertmanager)));
  book.set(turn(book.get(), alerts, now));
  change((timeline) => step(timeline, setOff(timeline, alerts), Date.parse(timestamp), now));
}

/** Frames that are compared. */
const FRAMES = 5;
/** Less is the way here, and not the clock. */
const HARDLY_MS = 2_000;
const differences: number[] = [];

/** A frame is always older than its timestamp says by the time that it took: the youngest of the last ones tells most. */
function compareClocks(ahead: number): void {
  if (Number.isNaN(ahead)) return;
  differences.push(ahead);
  if (differences.length > FRAMES) differences.shift();
  // The first is the latest that there was, and may be a beat old.
  if (differences.length < 2) return;
  const most = Math.max(...differences);
  skew.set(Math.abs(most) < HARDLY_MS ? 0 : Math.round(most / 1000) * 1000);
}

/** The simulator has sent the states of its rehearsals. */
export function onRehearsals(rehearsals: Rehearsal[]): void {
  for (const rehearsal of rehearsals) {
    keep(rehearsal.name, onRehearsalState(timelines.get().get(rehearsal.name), rehearsal, setOff(rehearsal, latest ?? [])));
  }
}

/** Somebody has pressed the button; `before` is how the rehearsal was then. */
export function triggered(before: Rehearsal, now: number): void {
  keep(before.name, start(before, setOff(before, latest ?? []), now));
}

export function forget(names: string[]): void {
  timelines.set(new Map([...timelines.get()].filter(([name]) => !names.includes(name))));
}

function keep(name: string, timeline: Timeline | undefined): void {
  if (timeline && timelines.get().get(name) !== timeline) timelines.set(new Map(timelines.get()).set(name, timeline));
}

function change(step: (timeline: Timeline) => Timeline): void {
  for (const [name, timeline] of timelines.get()) keep(name, step(timeline));
}
