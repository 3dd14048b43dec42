// Numbers as people read them, in their language.

import { promSeconds } from './duration';

/** What stands for a number that is not known. */
export const UNKNOWN = '–';
/** A number and its unit stay on one line. */
const SPACE = '\u00a0';
const COMPACT_FROM = 1e7;

type Value = number | undefined | null;
/** RFC 3339, or milliseconds since 1970. */
type Instant = string | number | undefined | null;

/** `digits` is how many decimals are shown at most. */
export interface Units {
  number: (value: Value, digits?: number) => string;
  /** Of a metric whose unit is not known: decimals are left out where they say nothing. */
  plain: (value: number) => string;
  bytes: (value: Value, digits?: number) => string;
  /** Of a number from 0 to 100. */
  percent: (value: Value, digits?: number) => string;
  /** A span of time in its two largest units: `1 h 15 min`. */
  duration: (seconds: Value) => string;
  /** A duration as Prometheus writes it, in the units that it has there: of `90s`, `90 s`. Anything else as it is. */
  promDuration: (text: string) => string;
  perSecond: (value: Value, digits?: number) => string;
  /** A clock time, with the date where it is not today. */
  time: (moment: Instant) => string;
  dateTime: (moment: Instant) => string;
}

interface Words {
  bytes: readonly string[];
  /** By Prometheus' letters. */
  times: Record<string, string>;
}

const TIMES = { ms: 'ms', s: 's', m: 'min', h: 'h' };
const ENGLISH: Words = {
  bytes: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'],
  times: { ...TIMES, d: 'd', w: 'wk', y: 'y' },
};
const FRENCH: Words = {
  bytes: ['o', 'Kio', 'Mio', 'Gio', 'Tio', 'Pio'],
  times: { ...TIMES, d: 'j', w: 'sem.', y: 'a' },
};

type Format = (value: number, digits: number) => string;

/** `language` is a BCP 47 tag. */
export function units(language: string): Units {
  const words = language.startsWith('fr') ? FRENCH : ENGLISH;
  const format = formatOf(language);
  const shares = formatOf(language, { style: 'percent' });
  const known = (value: Value, show: (value: number) => string) =>
    value === undefined || value === null || Number.isNaN(value) ? UNKNOWN : show(value);
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
  const both = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  return {
    number: (value, digits = 2) => known(value, (value) => format(value, digits)),
    plain: (value) => known(value, (value) => format(value, Math.abs(value) < 1000 ? 2 : 0)),
    bytes: (value, digits = 1) =>
      known(value, (value) => {
        const decimals = (power: number) => (power === 0 ? 0 : digits);
        // As it is shown: 1023.97 KiB is 1 MiB.
        const rounded = (power: number) => Number(Math.abs(value / 1024 ** power).toFixed(decimals(power)));
        const found = words.bytes.findIndex((_, power) => rounded(power) < 1024);
        const power = found < 0 ? words.bytes.length - 1 : found;
        return `${format(value / 1024 ** power, decimals(power))}${SPACE}${words.bytes[power] ?? ''}`;
      }),
    percent: (value, digits = 1) => known(value, (value) => shares(value / 100, digits)),
    duration: (seconds) => known(seconds, (seconds) => span(seconds, format, words)),
    promDuration: (text) => (promSeconds(text) === undefined ? text : spell(text, words)),
    perSecond: (value, digits = 2) => known(value, (value) => `${format(value, digits)}/s`),
    time: (moment) => {
      const date = dateOf(moment);
      if (!date) return UNKNOWN;
      return date.toDateString() === new Date().toDateString() ? clock.format(date) : both.format(date);
    },
    dateTime: (moment) => {
      const date = dateOf(moment);
      return date ? both.format(date) : UNKNOWN;
    },
  };
}

/** Nothing where no moment can be read: to format such a date throws. */
export function dateOf(moment: Instant): Date | undefined {
  const date = new Date(moment ?? NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Formatters are made once for each number of digits: to make one costs a hundred times what its use does. */
function formatOf(language: string, options: Intl.NumberFormatOptions = {}): Format {
  const made = new Map<string, Intl.NumberFormat>();
  const formatter = (key: string, more: Intl.NumberFormatOptions) => {
    // British English shortens millions to `m`, which is read as a thousandth here.
    const locale = more.notation === 'compact' && language.startsWith('en') ? 'en' : language;
    const found = made.get(key) ?? new Intl.NumberFormat(locale, { ...options, ...more });
    made.set(key, found);
    return found;
  };
  return (value, digits) => {
    const size = Math.abs(value);
    if (Number.isFinite(value) && size >= COMPACT_FROM) {
      return formatter('compact', { notation: 'compact', maximumFractionDigits: 2 }).format(value);
    }
    // 0.0034 is not nothing.
    const tiny = digits > 0 && size > 0 && size < 1 / (options.style === 'percent' ? 100 : 1);
    return tiny
      ? formatter(`significant ${digits}`, { maximumSignificantDigits: digits }).format(value)
      : formatter(`decimals ${digits}`, { maximumFractionDigits: digits }).format(value);
  };
}

function span(seconds: number, format: Format, words: Words): string {
  if (seconds < 0) return `-${span(-seconds, format, words)}`;
  if (!Number.isFinite(seconds)) return format(seconds, 0);
  if (Math.round(seconds * 1000) < 1000) return `${format(seconds * 1000, 0)}${SPACE}ms`;
  if (seconds < 10) return `${format(seconds, 1)}${SPACE}s`;
  const whole = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), words.times.d ?? ''],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${format(count, 0)}${SPACE}${unit}`)
    .join(' ');
}

function spell(text: string, { times }: Words): string {
  const parts = [...text.matchAll(/(\d+)([a-z]+)/g)];
  return parts.map(([, count, unit]) => `${count ?? ''}${SPACE}${times[unit ?? ''] ?? ''}`).join(' ');
}
