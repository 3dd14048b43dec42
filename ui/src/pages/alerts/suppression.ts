// Why nobody is notified of an alert, in words.

import type { Messages } from '../../messages/en';
import type { Suppression } from '../../model/alert';
import type { Units } from '../../model/units';

export function suppression(by: Suppression, quiet: Messages['alerts']['quiet'], units: Units): string {
  const { silences, inhibitors, intervals, until } = by;
  const sentences = [
    silences.length > 0 && quiet.silenced(silences.join(', '), until === '' ? undefined : units.time(until)),
    inhibitors.length > 0 && quiet.inhibited(inhibitors.join(', ')),
    intervals.length > 0 && quiet.muted(intervals.join(', ')),
  ].filter((one) => one !== false);
  return sentences.length > 0 ? sentences.join(' ') : quiet.somehow;
}
