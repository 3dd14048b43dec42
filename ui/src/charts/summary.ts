// A chart in words, for those who do not see its lines.

interface LineSummary {
  least: number | undefined;
  greatest: number | undefined;
  last: number | undefined;
}

/** Of a line; `null` is where it has a gap. */
export function summary(values: readonly (number | null)[]): LineSummary {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { least: undefined, greatest: undefined, last: undefined };
  return {
    least: known.reduce((least, value) => Math.min(least, value)),
    greatest: known.reduce((greatest, value) => Math.max(greatest, value)),
    last: known.at(-1),
  };
}

/** Nobody listens to more values than this. */
const READ_OUT = 8;

/** What is said of one moment: its time, and the values that the lines have there. */
export function readOut(moment: string, values: readonly string[], more: (count: number) => string): string {
  const rest = values.length - READ_OUT;
  return [moment, ...values.slice(0, READ_OUT), ...(rest > 0 ? [more(rest)] : [])].join(', ');
}
