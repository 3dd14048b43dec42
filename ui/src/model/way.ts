// An alert's way: from its trigger in the simulator to this browser, and back. Pure: what is seen comes in, with the
// moment when it was seen. Clocks of different machines are never compared to decide anything.

import type { Alert } from './alert';
import type { Labels } from './query';
import type { Condition, Rehearsal } from './rehearsal';

/**
 * - `crossed`: the simulator says that the expression holds
 * - `pending`: Prometheus has seen that it holds (`activeAt`)
 * - `firing`: it has held for the rule's `for`, and the gateway has heard of it (the frame's time)
 * - `here`: the frame has arrived in this browser
 * - `resolved`: the alert is gone from the channel
 */
export const STEPS = ['triggered', 'crossed', 'pending', 'firing', 'here', 'recovered', 'resolved'] as const;
export type Step = (typeof STEPS)[number];

/** Milliseconds since 1970; `earlier` is before the way began, or before anybody looked. */
export type Moment = number | 'earlier';

export interface Way {
  name: string;
  labels: Labels;
  /** Whether it was triggered from this page. */
  asked: boolean;
  /** What the metric was when it was triggered, where that is known. */
  from: number | undefined;
  /** Tells the alert whose steps these are from a later one. */
  activeAt: string | undefined;
  /** When the alert went though the simulator had not said that it recovers: it may say so yet, or the alert come back. */
  lapsedAt: number | undefined;
  moments: Partial<Record<Step, Moment>>;
}

/** The alert was triggered from this page; `before` is how it was then. */
export function begin(before: Rehearsal, alert: Alert | undefined, now: number): Way {
  const crossed = before.condition === 'active' ? { crossed: 'earlier' as const } : {};
  return { ...meet(fresh(before, { triggered: now, ...crossed }), alert), asked: true };
}

/** The simulator has told how the rehearsal stands. `alert` is what was last heard of it. */
export function follow(way: Way | undefined, told: Rehearsal, alert: Alert | undefined): Way | undefined {
  const since = Date.parse(told.since);
  const { condition } = told;
  if (!way || way.moments.recovered !== undefined) {
    // Without an alert there is nothing more to see of it, and whoever closed its way does not want it back.
    const back = way === undefined && condition === 'recovering' && alert !== undefined;
    if (condition === 'rising') return meet(fresh(told, { triggered: since }), alert);
    if (condition === 'active') return meet(fresh(told, { triggered: 'earlier', crossed: since }), alert);
    return back ? meet(fresh(told, { triggered: 'earlier', recovered: since }), alert) : way;
  }
  if (condition === 'active' && way.moments.crossed === undefined) return reach(way, { crossed: since });
  if (condition === 'recovering' || condition === 'calm') {
    return reach(way, { recovered: since, ...(way.lapsedAt === undefined ? {} : { resolved: way.lapsedAt }) });
  }
  return way;
}

/** A frame has brought the alert, or has come without it. `sentAt` is the frame's own time. */
export function hear(way: Way, alert: Alert | undefined, sentAt: number, now: number): Way {
  const { moments } = way;
  if (moments.resolved !== undefined) return way;
  if (!alert) {
    if (way.activeAt === undefined || way.lapsedAt !== undefined) return way;
    return moments.recovered === undefined ? { ...way, lapsedAt: now } : reach(way, { resolved: now });
  }
  const same = way.activeAt === alert.activeAt;
  const back = way.lapsedAt === undefined ? way : { ...way, lapsedAt: undefined };
  const on = same ? back : reach({ ...without(way), activeAt: alert.activeAt }, { pending: Date.parse(alert.activeAt) });
  return alert.state === 'firing' && on.moments.firing === undefined ? reach(on, { firing: sentAt, here: now }) : on;
}

/** Whether nothing more is to come. */
export function isOver({ moments }: Way, condition: Condition): boolean {
  const neverSeen = moments.recovered !== undefined && moments.pending === undefined && condition === 'calm';
  return moments.resolved !== undefined || neverSeen;
}

function fresh({ name, labels, condition, value }: Rehearsal, moments: Way['moments']): Way {
  const from = condition === 'calm' || condition === 'rising' ? value : undefined;
  return { name, labels, asked: false, from, activeAt: undefined, lapsedAt: undefined, moments };
}

/** The alert is there already when the way begins. */
function meet(way: Way, alert: Alert | undefined): Way {
  if (!alert) return way;
  const seen = way.moments.triggered === 'earlier' ? Date.parse(alert.activeAt) : 'earlier';
  const firing = alert.state === 'firing' ? { firing: 'earlier' as const, here: 'earlier' as const } : {};
  return reach({ ...way, activeAt: alert.activeAt }, { pending: seen, ...firing });
}

/** What Prometheus had said is no longer so. */
function without(way: Way): Way {
  const { triggered, crossed, recovered } = way.moments;
  const left = Object.entries({ triggered, crossed, recovered }).filter(([, moment]) => moment !== undefined);
  return { ...way, activeAt: undefined, lapsedAt: undefined, moments: Object.fromEntries(left) };
}

function reach(way: Way, moments: Way['moments']): Way {
  return { ...way, moments: { ...way.moments, ...moments } };
}

/** A step as it is shown; seconds are never negative, whatever the clocks say. */
export interface Shown {
  step: Step;
  is: 'done' | 'now' | 'ahead' | 'missed';
  /** When it was reached. */
  at: Moment | undefined;
  /** Since the step before, where both moments are known; of the step that is `now`, until now. */
  seconds: number | undefined;
  /** Since the first known moment. */
  total: number | undefined;
}

/** All steps in their order. One that was passed by, or that will not come, is `missed`. */
export function show(way: Way, condition: Condition, now: number): Shown[] {
  const { moments } = way.lapsedAt === undefined || way.moments.recovered !== undefined ? way : without(way);
  const reached = STEPS.map((step) => moments[step] !== undefined);
  const last = reached.lastIndexOf(true);
  const over = isOver(way, condition);
  const start = STEPS.map((step) => moments[step]).find((moment) => typeof moment === 'number');
  let before: number | undefined;
  return STEPS.map((step, index) => {
    const at = moments[step];
    const is = at !== undefined ? 'done' : index < last || over ? 'missed' : index === last + 1 ? 'now' : 'ahead';
    const until = typeof at === 'number' ? at : is === 'now' ? now : undefined;
    const span = (from: number | undefined) =>
      until === undefined || from === undefined ? undefined : Math.max(0, until - from) / 1000;
    const shown = { step, is, at, seconds: span(before), total: span(start) } as const;
    if (typeof at === 'number') before = Math.max(at, before ?? at);
    return shown;
  });
}
