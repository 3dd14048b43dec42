// What an alert on its way waits for, in words.

import type { Messages } from '../../messages/en';
import { promSeconds } from '../../model/duration';
import { secondsToCross, type Rehearsal } from '../../model/rehearsal';
import type { Units } from '../../model/units';
import type { Shown, Way } from '../../model/way';

/** How often Prometheus scrapes and evaluates, by the catalogue, where time is not scaled. */
const SCRAPE_SECONDS = 15;

export interface Rule {
  rehearsal: Rehearsal;
  timeScale: number;
}

/** `now` is the step under way; moments are milliseconds since 1970. */
export function waiting(
  { rehearsal, timeScale }: Rule,
  way: Way,
  now: Shown,
  at: number,
  { waits }: Messages['rehearse'],
  units: Units,
): string {
  switch (now.step) {
    case 'crossed':
      return crossing(rehearsal, way, at, waits, units);
    case 'pending':
      return waits.pending(units.duration(SCRAPE_SECONDS * timeScale));
    case 'firing':
      return `${waits.firing(units.promDuration(rehearsal.for))} ${holding(rehearsal, way, at, waits, units)}`;
    case 'here':
      return waits.here;
    case 'resolved':
      return rehearsal.condition === 'calm' ? waits.resolved : waits.resolvedStill;
    default:
      return waits.recovered;
  }
}

type Waits = Messages['rehearse']['waits'];

function crossing(rehearsal: Rehearsal, way: Way, at: number, waits: Waits, units: Units): string {
  const { value, threshold, window } = rehearsal;
  if (window !== null) return waits.crossedWindow(units.promDuration(window));
  const { triggered } = way.moments;
  const told = waits.crossed(units.number(value), threshold === null ? undefined : units.number(threshold));
  if (way.from === undefined || typeof triggered !== 'number') return told;
  const left = secondsToCross(rehearsal, way.from, (at - triggered) / 1000);
  return left === undefined ? told : `${told} ${waits.crossedIn(units.duration(Math.max(1, Math.round(left))))}`;
}

function holding({ for: hold }: Rehearsal, way: Way, at: number, waits: Waits, units: Units): string {
  const { pending } = way.moments;
  const seconds = promSeconds(hold);
  if (seconds === undefined || typeof pending !== 'number') return '';
  const left = Math.round(seconds - (at - pending) / 1000);
  return left > 0 ? waits.firingIn(units.duration(left)) : waits.firingSoon;
}
