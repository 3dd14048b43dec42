import { describe, expect, it } from 'vitest';

import type { Alert } from './alert';
import type { Condition, Rehearsal } from './rehearsal';
import { start, onRehearsalState, onAlertFrame, isOver, show, type Timeline } from './timeline';

const T = Date.parse('2026-07-01T08:00:00.000Z');

function iso(second: number): string {
  return new Date(T + second * 1000).toISOString();
}

function rehearsal(condition: Condition, since: number): Rehearsal {
  return {
    name: 'HighCPUUsage',
    family: 'memory-cpu',
    severity: 'warning',
    metric: 'cpu',
    labels: { instance: 'mock-app-1' },
    threshold: 85,
    window: null,
    expr: 'cpu > 85',
    for: '1m',
    condition,
    value: 32,
    compared: 32,
    since: iso(since),
    rise_seconds: null,
  };
}

function alert(state: Alert['state'], activeAt: number): Alert {
  return { labels: { alertname: 'HighCPUUsage' }, annotations: {}, state, activeAt: iso(activeAt), value: '9e+01' };
}

const at = (second: number) => T + second * 1000;

/** Tells a timeline what the simulator says. */
function simulator(timeline: Timeline | undefined, condition: Condition, since: number, known?: Alert): Timeline {
  const followed = onRehearsalState(timeline, rehearsal(condition, since), known);
  if (!followed) throw new Error('no timeline');
  return followed;
}

/** Tells a timeline what a frame has brought. */
const frame = (timeline: Timeline, brought: Alert | undefined, second: number) => onAlertFrame(timeline, brought, at(second), at(second) + 20);

/** Triggered at 0, crossed at 5, pending at 7, firing and here at 70. */
function arrived(): Timeline {
  const begun = start(rehearsal('calm', -60), undefined, at(0));
  const crossed = simulator(simulator(begun, 'rising', 0), 'active', 5);
  return frame(frame(crossed, alert('pending', 7), 10), alert('firing', 7), 70);
}

const reached = (timeline: Timeline) => Object.keys(timeline.moments).sort();

describe('an alert on its way', () => {
  it('passes every stage, with the seconds each took and those in all', () => {
    const recovered = simulator(arrived(), 'recovering', 100);
    const timeline = frame(simulator(recovered, 'calm', 110), undefined, 120);
    const stages = show(timeline, 'calm', at(999));
    expect(stages.map(({ is }) => is)).toEqual(Array(7).fill('done'));
    expect(stages.map(({ seconds }) => seconds)).toEqual([undefined, 5, 2, 63, 0.02, 29.98, 20.02]);
    expect(stages.map(({ total }) => total)).toEqual([0, 5, 7, 70, 70.02, 100, 120.02]);
    expect(isOver(timeline, 'calm')).toBe(true);
  });

  it('counts on the stage that is under way, and says which are to come', () => {
    const timeline = simulator(start(rehearsal('calm', -60), undefined, at(0)), 'active', 5);
    const stages = show(timeline, 'active', at(9));
    expect(stages.map(({ is }) => is)).toEqual(['done', 'done', 'now', 'ahead', 'ahead', 'ahead', 'ahead']);
    expect(stages[2]).toMatchObject({ stage: 'pending', seconds: 4, total: 9 });
  });

  it('knows by activeAt when it became pending, though the beat of that was missed', () => {
    const begun = start(rehearsal('calm', -60), undefined, at(0));
    const timeline = frame(begun, alert('firing', 7), 70);
    expect(timeline.moments).toMatchObject({ pending: at(7), firing: at(70), here: at(70) + 20 });
    expect(show(timeline, 'active', at(80))[1]).toMatchObject({ stage: 'crossed', is: 'missed' });
  });

  it('stays the same while nothing is new, so that nothing is drawn again', () => {
    const timeline = arrived();
    expect(frame(timeline, alert('firing', 7), 80)).toBe(timeline);
    expect(simulator(timeline, 'active', 5)).toBe(timeline);
  });

  it('is not seen as resolved when the alert merely lapses: its stages are to come again', () => {
    const lapsed = frame(arrived(), undefined, 80);
    const is = show(lapsed, 'active', at(82)).map((stage) => stage.is);
    expect(is).toEqual(['done', 'done', 'now', 'ahead', 'ahead', 'ahead', 'ahead']);
    const again = frame(lapsed, alert('pending', 90), 95);
    expect(again.moments.pending).toBe(at(90));
    expect(again.moments.firing).toBeUndefined();
    expect(frame(lapsed, alert('firing', 7), 85)).toEqual(arrived());
  });

  it('is resolved though the frame without it comes before the word that it recovers', () => {
    const timeline = simulator(frame(arrived(), undefined, 80), 'calm', 79);
    expect(timeline.moments).toMatchObject({ firing: at(70), recovered: at(79), resolved: at(80) + 20 });
    expect(isOver(timeline, 'calm')).toBe(true);
  });

  it('starts its stages anew with a later alert, though the gap between the two was missed', () => {
    const timeline = frame(arrived(), alert('pending', 90), 95);
    expect(timeline.moments.pending).toBe(at(90));
    expect(timeline.moments.here).toBeUndefined();
  });

  it('is recovered by whatever has ended it: a reset, or a pattern that is over', () => {
    expect(simulator(arrived(), 'calm', 90).moments.recovered).toBe(at(90));
    expect(simulator(arrived(), 'recovering', 91).moments.recovered).toBe(at(91));
  });

  it('is over when it was recovered before Prometheus saw it, once its metric is calm', () => {
    const begun = start(rehearsal('calm', -60), undefined, at(0));
    const timeline = simulator(begun, 'recovering', 3);
    expect(isOver(timeline, 'recovering')).toBe(false);
    expect(isOver(timeline, 'calm')).toBe(true);
    expect(show(timeline, 'calm', at(9)).at(-1)).toMatchObject({ stage: 'resolved', is: 'missed' });
  });

  it('waits for Prometheus after its recovery', () => {
    const timeline = simulator(arrived(), 'recovering', 100);
    expect(show(timeline, 'calm', at(104)).at(-1)).toMatchObject({ stage: 'resolved', is: 'now', seconds: 4 });
  });

  it('shows no negative seconds, whatever the clocks say', () => {
    const begun = start(rehearsal('calm', -60), undefined, at(0));
    const timeline = simulator(frame(begun, alert('pending', -3), 1), 'active', -5);
    const stages = show(timeline, 'active', at(-9));
    expect(stages.flatMap(({ seconds, total }) => [seconds ?? 0, total ?? 0]).every((span) => span >= 0)).toBe(true);
  });
});

describe('an alert that was there before', () => {
  it('has fired earlier than it was triggered', () => {
    const timeline = start(rehearsal('active', -50), alert('firing', -40), at(0));
    expect(timeline.moments).toEqual({
      triggered: at(0), crossed: 'earlier', pending: 'earlier', firing: 'earlier', here: 'earlier',
    });
    expect(timeline.asked).toBe(true);
    expect(show(timeline, 'active', at(3)).map(({ seconds }) => seconds)).toEqual([
      undefined, undefined, undefined, undefined, undefined, 3, undefined,
    ]);
  });

  it('is triggered again while Prometheus still fires, and then comes anew', () => {
    const recovered = simulator(arrived(), 'recovering', 100);
    const again = start(rehearsal('recovering', 100), alert('firing', 7), at(105));
    expect(again.moments).toMatchObject({ triggered: at(105), firing: 'earlier' });
    expect(reached(recovered)).toContain('recovered');
    const anew = frame(frame(again, undefined, 110), alert('pending', 120), 125);
    expect(anew.moments).toEqual({ triggered: at(105), pending: at(120) });
  });

  it('starts a timeline of its own when something else triggers it again', () => {
    const recovered = simulator(arrived(), 'recovering', 100);
    const timeline = simulator(recovered, 'rising', 130, alert('firing', 7));
    expect(timeline.moments).toEqual({ triggered: at(130), pending: 'earlier', firing: 'earlier', here: 'earlier' });
  });
});

describe('a page that is opened late', () => {
  it('derives from the simulator and Prometheus what they know', () => {
    const timeline = simulator(undefined, 'active', 5, alert('firing', 7));
    expect(timeline.moments).toEqual({
      triggered: 'earlier', crossed: at(5), pending: at(7), firing: 'earlier', here: 'earlier',
    });
    expect(show(timeline, 'active', at(20))[2]).toMatchObject({ stage: 'pending', seconds: 2, total: 2 });
  });

  it('knows when a rising one was triggered', () => {
    const timeline = onRehearsalState(undefined, rehearsal('rising', 4), undefined);
    expect(timeline).toMatchObject({ asked: false, moments: { triggered: at(4) } });
  });

  it('shows one that is on its way back until it is gone', () => {
    const timeline = simulator(undefined, 'recovering', 90, alert('firing', 7));
    expect(show(timeline, 'recovering', at(95)).at(-1)).toMatchObject({ is: 'now', seconds: 5 });
    expect(isOver(frame(timeline, undefined, 99), 'calm')).toBe(true);
  });

  it('sees none in what is on its way back and has no alert any more: it may have been closed', () => {
    expect(onRehearsalState(undefined, rehearsal('recovering', 90), undefined)).toBeUndefined();
  });

  it('sees no timeline in what is calm', () => {
    expect(onRehearsalState(undefined, rehearsal('calm', 0), undefined)).toBeUndefined();
  });
});
