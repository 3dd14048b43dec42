// Which rows a search leaves.

import type { Rehearsal } from '../../model/rehearsal';

/** Whether all words of a search are in what a row shows, whatever their case; `family` is as the page names it. */
export function isFound({ name, severity, metric, expr, labels, ...rehearsal }: Rehearsal, family: string, search: string): boolean {
  const shown = [name, severity, metric, expr, rehearsal.family, family, ...Object.values(labels)].join(' ').toLowerCase();
  return search.toLowerCase().split(/\s+/).every((word) => shown.includes(word));
}
