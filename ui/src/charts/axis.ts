// What the axes of a chart show.

/** How a value is written; `digits` is how many decimals at most. */
export type Format = (value: number | null | undefined, digits?: number) => string;

/** From what to what an axis goes. */
type Range = [number, number];

/** Steps of an axis of bytes, so that its labels are round: 1, 2, 4 … up to half an exbibyte. */
export const BINARY_STEPS = Array.from({ length: 60 }, (_, power) => 2 ** power);

const MOST_DIGITS = 6;
const PER_CHARACTER = 6.75;
const BESIDE_LABELS = 14;

/** What is smaller is nothing to an axis: a part of it may not be a number of its own. */
const TINY = 1e-300;

/**
 * From a little below the least value to a little above the greatest; from zero, if that is not far away. Values that
 * are all the same lie in the middle, so that their noise is not blown up.
 */
export function valueRange(least: number | null, greatest: number | null): Range {
  if (least === null || greatest === null) return [0, 1];
  const spread = greatest - least;
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  if (spread <= size * 1e-9 || size < TINY) return size < TINY ? [0, 1] : [least - size / 10, greatest + size / 10];
  if (least >= 0 && least < spread) return [0, greatest + spread / 10];
  if (greatest <= 0 && -greatest < spread) return [least - spread / 10, 0];
  return [least - spread / 10, greatest + spread / 10];
}

/** The labels of an axis, with as few decimals as lose nothing. */
export function tickLabels(values: readonly number[], format: Format): string[] {
  const whole = values.map((value) => format(value, MOST_DIGITS));
  for (let digits = 0; digits < MOST_DIGITS; digits += 1) {
    const labels = values.map((value) => format(value, digits));
    if (labels.every((label, index) => label === whole[index])) return labels;
  }
  return whole;
}

/** How the axis of time writes seconds since 1970: at midnight the day that begins, else the clock time. */
export function clockOf(language: string): (seconds: number) => string {
  const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
  const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
  return (seconds) => {
    const date = new Date(seconds * 1000);
    return (date.getHours() === 0 && date.getMinutes() === 0 ? day : clock).format(date);
  };
}

/** How wide an axis must be for its labels, in pixels. */
export function axisWidth(labels: readonly string[] | null): number {
  const longest = Math.max(4, ...(labels ?? []).map((label) => label.length));
  return Math.ceil(longest * PER_CHARACTER + BESIDE_LABELS);
}

/** The row that an arrow key moves to, of `count` rows; `undefined` if the key means nothing here. */
export function rowAfter(key: string, row: number, count: number): number | undefined {
  const page = Math.max(1, Math.round(count / 10));
  const to = new Map([
    ['ArrowLeft', row - 1],
    ['ArrowDown', row - 1],
    ['ArrowRight', row + 1],
    ['ArrowUp', row + 1],
    ['PageDown', row - page],
    ['PageUp', row + page],
    ['Home', 0],
    ['End', count - 1],
  ]).get(key);
  return to === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, to));
}
