// Numbers as people read them, in their language.

const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
/** What stands for a number that is not known. */
export const UNKNOWN = '–';

export interface Units {
  number: (value: number | undefined | null, digits?: number) => string;
  bytes: (value: number | undefined | null) => string;
  percent: (value: number | undefined | null) => string;
  /** A span of time in its two largest units: `1 h 15 min`. */
  duration: (seconds: number | undefined | null) => string;
  perSecond: (value: number | undefined | null) => string;
  /** A clock time, with the date where it is not today. `moment` is RFC 3339, or milliseconds since 1970. */
  time: (moment: string | number) => string;
  dateTime: (moment: string | number) => string;
}

/** `language` is a BCP 47 tag. */
export function units(language: string): Units {
  const format = (value: number, digits: number) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
  const known = (value: number | undefined | null, show: (value: number) => string) =>
    value === undefined || value === null || Number.isNaN(value) ? UNKNOWN : show(value);
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
  const both = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  return {
    number: (value, digits = 2) => known(value, (value) => format(value, digits)),
    bytes: (value) =>
      known(value, (value) => {
        const power = Math.min(Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10), BYTES.length - 1);
        return `${format(value / 1024 ** power, power === 0 ? 0 : 1)} ${BYTES[power] ?? 'B'}`;
      }),
    percent: (value) => known(value, (value) => `${format(value, 1)} %`),
    duration: (seconds) => known(seconds, (seconds) => span(seconds, format)),
    perSecond: (value) => known(value, (value) => `${format(value, 2)}/s`),
    time: (moment) => {
      const date = new Date(moment);
      return date.toDateString() === new Date().toDateString() ? clock.format(date) : both.format(date);
    },
    dateTime: (moment) => both.format(new Date(moment)),
  };
}

function span(seconds: number, format: (value: number, digits: number) => string): string {
  if (seconds < 1) return `${format(seconds * 1000, 0)} ms`;
  if (seconds < 10) return `${format(seconds, 1)} s`;
  const whole = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
