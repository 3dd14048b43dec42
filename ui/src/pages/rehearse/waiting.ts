// What an alert on its way waits for, in words.

import type { Messages } from '../../messages/en';
import { promSeconds } from '../../model/duration';
import type { Rehearsal } from '../../model/rehearsal';
import type { Units } from '../../model/units';
import type { Shown, Timeline } from '../../model/timeline';

/** How often Prometheus scrapes and evaluates, by the catalogue, where time is not scaled. */
const SCRAPE_SECONDS = 15;

export interface Rule {
  rehearsal: Rehearsal;
  timeScale: number;
}

/** `now` is the stage under way; moments are milliseconds since 1970. */
export function waiting(
  { rehearsal, timeScale }: Rule,
  timeline: Timeline,
  now: Shown,
  at: number,
  { waits }: Messages['rehearse'],
  units: Units,
): string {
  switch (now.stage) {
    case 'crossed':
      return crossing(rehearsal, timeline, at, waits, units);
    case 'pending':
      return waits.pending(units.duration(SCRAPE_SECONDS * timeScale));
    case 'firing':
      return `${waits.firing(units.promDuration(rehearsal.for))} ${holding(rehearsal, timeline, at, waits, units)}`;
    case 'here':
      return waits.here;
    case 'resolved':
      return rehearsal.condition === 'calm' ? waits.resolved : waits.resolvedStill;
    default:
      return waits.recovered;
  }
}

type Waits = Messages['rehearse']['waits'];

function crossing(rehearsal: Rehearsal, timeline: Timeline, at: number, waits: Waits, units: Units): string {
  const { value, compared, threshold, window, rise_seconds: rise } = rehearsal;
  const text =
    window === null
      ? waits.crossed(units.number(compared ?? value), threshold === null ? undefined : units.number(threshold))
      : waits.crossedWindow(units.promDuration(window));
  const { triggered } = timeline.moments;
  if (rise === null || typeof triggered !== 'number') return text;
  const left = Math.round(rise - (at - triggered) / 1000);
  return left > 0 ? `${text} ${waits.about(units.duration(left))}` : text;
}

function holding({ for: hold }: Rehearsal, timeline: Timeline, at: number, waits: Waits, units: Units): string {
  const { pending } = timeline.moments;
  const seconds = promSeconds(hold);
  if (seconds === undefined || typeof pending !== 'number') return '';
  const left = Math.round(seconds - (at - pending) / 1000);
  return left > 0 ? waits.about(units.duration(left)) : waits.firingSoon;
}
