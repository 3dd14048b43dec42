// The least, the greatest and the last value of a series, for those who do not see its line.

export interface Summary {
  least: number | undefined;
  greatest: number | undefined;
  last: number | undefined;
}

export function summary(values: readonly (number | null)[]): Summary {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { least: undefined, greatest: undefined, last: undefined };
  return {
    least: known.reduce((least, value) => Math.min(least, value)),
    greatest: known.reduce((greatest, value) => Math.max(greatest, value)),
    last: known.at(-1),
  };
}
