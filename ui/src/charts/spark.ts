// The line of a sparkline.

import type { Point } from '../model/trail';

const EDGE = 2;
/** So many times the usual distance between two points is a gap: the page looked away. */
const GAP = 4;

/** The distance of two that are larger may be none that a number can tell. */
const LARGEST = 1e300;

const isDrawn = (value = NaN) => Math.abs(value) <= LARGEST;

/** An SVG path through the points that are numbers, from edge to edge; interrupted at gaps. Fewer than two have none. */
export function sparkPath(points: readonly Point[], width: number, height: number): string {
  const finite = points
    .map(({ time, value }, index) => ({ time, value, begins: !isDrawn(points[index - 1]?.value) }))
    .filter(({ value }) => isDrawn(value));
  const [first, last] = [finite[0], finite.at(-1)];
  if (!first || !last || last.time <= first.time) return '';
  const values = finite.map(({ value }) => value);
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const steps = finite.slice(1).map(({ time }, index) => time - (finite[index]?.time ?? time));
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  return finite
    .map(({ time, value, begins }, index) => {
      const x = ((time - first.time) / (last.time - first.time)) * width;
      const share = greatest === least ? 0.5 : (value - least) / (greatest - least);
      const y = height - EDGE - share * (height - 2 * EDGE);
      const moved = begins || (steps[index - 1] ?? 0) > usual * GAP;
      return `${moved ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}
