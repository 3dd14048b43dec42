// The timeline of a rehearsed alert: from its trigger in the simulator to this browser, and back. Pure: what is seen comes
// in, with the moment when it was seen. Clocks of different machines are never compared to decide anything.

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
const STAGES = ['triggered', 'crossed', 'pending', 'firing', 'here', 'recovered', 'resolved'] as const;
export type Stage = (typeof STAGES)[number];

/** Milliseconds since 1970; `earlier` is before the timeline began, or before anybody looked. */
type Moment = number | 'earlier';

export interface Timeline {
  name: string;
  labels: Labels;
  /** Whether it was triggered from this page. */
  asked: boolean;
  /** Tells the alert whose stages these are from a later one. */
  activeAt: string | undefined;
  /** When the alert went though the simulator had not said that it recovers: it may say so yet, or the alert come back. */
  lapsedAt: number | undefined;
  moments: Partial<Record<Stage, Moment>>;
}

/** The alert was triggered from this page; `before` is how it was then. */
export function start(before: Rehearsal, alert: Alert | undefined, now: number): Timeline {
  const crossed = before.condition === 'active' ? { crossed: 'earlier' as const } : {};
  return { ...seed(fresh(before, { triggered: now, ...crossed }), alert), asked: true };
}

/** The simulator has sent the state of a rehearsal. `alert` is its latest alert. */
export function onRehearsalState(timeline: Timeline | undefined, state: Rehearsal, alert: Alert | undefined): Timeline | undefined {
  const since = Date.parse(state.since);
  const { condition } = state;
  if (!timeline || timeline.moments.recovered !== undefined) {
    // Without an alert there is nothing more to see of it, and whoever closed its stages does not want it back.
    const back = timeline === undefined && condition === 'recovering' && alert !== undefined;
    if (condition === 'rising') return seed(fresh(state, { triggered: since }), alert);
    if (condition === 'active') return seed(fresh(state, { triggered: 'earlier', crossed: since }), alert);
    return back ? seed(fresh(state, { triggered: 'earlier', recovered: since }), alert) : timeline;
  }
  if (condition === 'active' && timeline.moments.crossed === undefined) return reach(timeline, { crossed: since });
  if (condition === 'recovering' || condition === 'calm') {
    return reach(timeline, { recovered: since, ...(timeline.lapsedAt === undefined ? {} : { resolved: timeline.lapsedAt }) });
  }
  return timeline;
}

/** A frame has brought the alert, or has come without it. `sentAt` is the frame's own time. */
export function onAlertFrame(timeline: Timeline, alert: Alert | undefined, sentAt: number, now: number): Timeline {
  const { moments } = timeline;
  if (moments.resolved !== undefined) return timeline;
  if (!alert) {
    if (timeline.activeAt === undefined || timeline.lapsedAt !== undefined) return timeline;
    return moments.recovered === undefined ? { ...timeline, lapsedAt: now } : reach(timeline, { resolved: now });
  }
  const same = timeline.activeAt === alert.activeAt;
  const back = timeline.lapsedAt === undefined ? timeline : { ...timeline, lapsedAt: undefined };
  const on = same ? back : reach({ ...without(timeline), activeAt: alert.activeAt }, { pending: Date.parse(alert.activeAt) });
  return alert.state === 'firing' && on.moments.firing === undefined ? reach(on, { firing: sentAt, here: now }) : on;
}

/** Whether nothing more is to come. */
export function isOver({ moments }: Timeline, condition: Condition): boolean {
  const neverSeen = moments.recovered !== undefined && moments.pending === undefined && condition === 'calm';
  return moments.resolved !== undefined || neverSeen;
}

function fresh({ name, labels }: Rehearsal, moments: Timeline['moments']): Timeline {
  return { name, labels, asked: false, activeAt: undefined, lapsedAt: undefined, moments };
}

/** The alert was there already when the timeline began, or when anything was first heard of alerts. */
export function seed(timeline: Timeline, alert: Alert | undefined): Timeline {
  if (!alert) return timeline;
  const seen = timeline.moments.triggered === 'earlier' ? Date.parse(alert.activeAt) : 'earlier';
  const firing = alert.state === 'firing' ? { firing: 'earlier' as const, here: 'earlier' as const } : {};
  return reach({ ...timeline, activeAt: alert.activeAt }, { pending: seen, ...firing });
}

/** What Prometheus had said is no longer so. */
function without(timeline: Timeline): Timeline {
  const { triggered, crossed, recovered } = timeline.moments;
  const left = Object.entries({ triggered, crossed, recovered }).filter(([, moment]) => moment !== undefined);
  return { ...timeline, activeAt: undefined, lapsedAt: undefined, moments: Object.fromEntries(left) };
}

function reach(timeline: Timeline, moments: Timeline['moments']): Timeline {
  return { ...timeline, moments: { ...timeline.moments, ...moments } };
}

/** A stage as it is shown; seconds are never negative, whatever the clocks say. */
export interface Shown {
  stage: Stage;
  is: 'done' | 'now' | 'ahead' | 'missed';
  /** When it was reached. */
  at: Moment | undefined;
  /** Since the stage before, where both moments are known; of the stage that is `now`, until now. */
  seconds: number | undefined;
  /** Since the first known moment. */
  total: number | undefined;
}

/** All stages in their order. One that was passed by, or that will not come, is `missed`. */
export function show(timeline: Timeline, condition: Condition, now: number): Shown[] {
  const { moments } = timeline.lapsedAt === undefined || timeline.moments.recovered !== undefined ? timeline : without(timeline);
  const reached = STAGES.map((stage) => moments[stage] !== undefined);
  const last = reached.lastIndexOf(true);
  const over = isOver(timeline, condition);
  const start = STAGES.map((stage) => moments[stage]).find((moment) => typeof moment === 'number');
  let before: number | undefined;
  return STAGES.map((stage, index) => {
    const at = moments[stage];
    const is = at !== undefined ? 'done' : index < last || over ? 'missed' : index === last + 1 ? 'now' : 'ahead';
    const until = typeof at === 'number' ? at : is === 'now' ? now : undefined;
    const span = (from: number | undefined) =>
      until === undefined || from === undefined ? undefined : Math.max(0, until - from) / 1000;
    const shown = { stage, is, at, seconds: span(before), total: span(start) } as const;
    if (typeof at === 'number') before = Math.max(at, before ?? at);
    return shown;
  });
}
