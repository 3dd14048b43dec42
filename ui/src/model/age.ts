// How long ago something was, in words.

const UNITS = [
  ['year', 31_556_952],
  ['month', 2_629_746],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** In the largest unit: `3 hours ago`. Moments are RFC 3339, or milliseconds since 1970; `language` is a BCP 47 tag. */
export function ago(language: string, moment: string | number, now: number): string {
  const seconds = Math.max(0, now - new Date(moment).getTime()) / 1000;
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? ['second', 1];
  // `auto` knows the word `now`, but calls two days short of an hour `yesterday`.
  const numeric = unit === 'second' ? 'auto' : 'always';
  return new Intl.RelativeTimeFormat(language, { numeric }).format(-Math.floor(seconds / length), unit);
}
