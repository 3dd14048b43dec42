// Which incidents are looked at: as the page's address keeps it, and as the gateway is asked for it.

import { isStatus, type Status } from '../../model/incident';

const HOUR_MS = 3_600_000;
const SPAN_MS = { '24h': 24 * HOUR_MS, '7d': 7 * 24 * HOUR_MS, '30d': 30 * 24 * HOUR_MS };
export const SPANS = ['24h', '7d', '30d'] as const;
type Span = (typeof SPANS)[number];

/** When an incident was created; moments are RFC 3339, and an end that is `undefined` is open. */
export type Period =
  { is: 'all' } | { is: 'last'; span: Span } | { is: 'own'; from: string | undefined; to: string | undefined };

/** `undefined` is any; of the statuses, any but `closed`. */
export interface Filters {
  period: Period;
  service: string | undefined;
  status: Status | undefined;
  severity: string | undefined;
}

export const EVERYTHING: Filters = {
  period: { is: 'all' },
  service: undefined,
  status: undefined,
  severity: undefined,
};

/** Incidents in one answer. */
const PAGE = 50;
/** `from` of a preset moves once a minute, so that everybody who asks within it can share an answer. */
const ROUND_MS = 60_000;

/** Reads the page's query string; what makes no sense there is as if it were not there. */
export function readFilters(search: string): Filters {
  const given = new URLSearchParams(search);
  const status = given.get('status');
  return {
    period: readPeriod(given),
    service: given.get('service') ?? undefined,
    status: isStatus(status) ? status : undefined,
    severity: given.get('severity') ?? undefined,
  };
}

/** The other way: what `readFilters` understands. */
export function writeFilters({ period, service, status, severity }: Filters): string {
  const within = { all: undefined, own: 'own', last: period.is === 'last' ? period.span : undefined }[period.is];
  const { from, to } = period.is === 'own' ? period : {};
  return query({ within, from, to, service, status, severity });
}

export function detailsUrl({ period, ...rest }: Filters, cursor: string | undefined, now: number): string {
  return url('details', { ...rest, ...between(period, now), limit: String(PAGE), cursor });
}

export function summaryUrl(period: Period, now: number): string {
  return url('summary', between(period, now));
}

export const BY_SERVICE_URL = url('by-service', {});

/** Whether nothing can lie in it. */
export function isBackwards(period: Period): boolean {
  if (period.is !== 'own' || period.from === undefined || period.to === undefined) return false;
  return Date.parse(period.from) > Date.parse(period.to);
}

/** A moment as `<input type="datetime-local">` has it: local time, without saying so. */
export function toLocal(moment: string | undefined): string {
  if (moment === undefined) return '';
  const date = new Date(moment);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The other way. A year that is still being typed, `0002`, is no moment yet: `null`. */
export function fromLocal(text: string): string | undefined | null {
  if (text === '') return undefined;
  const time = new Date(text).getTime();
  return time >= 0 ? new Date(time).toISOString() : null;
}

function readPeriod(given: URLSearchParams): Period {
  const within = given.get('within');
  if (within === 'own') return { is: 'own', from: moment(given.get('from')), to: moment(given.get('to')) };
  const span = SPANS.find((span) => span === within);
  return span ? { is: 'last', span } : { is: 'all' };
}

function moment(text: string | null): string | undefined {
  const time = text === null ? NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function between(period: Period, now: number): { from?: string | undefined; to?: string | undefined } {
  switch (period.is) {
    case 'all':
      return {};
    case 'last':
      return { from: new Date(Math.floor((now - SPAN_MS[period.span]) / ROUND_MS) * ROUND_MS).toISOString() };
    case 'own':
      return { from: period.from, to: period.to };
  }
}

function url(question: string, parameters: Record<string, string | undefined>): string {
  const asked = query(parameters);
  return `api/metrics/incidents/${question}${asked === '' ? '' : `?${asked}`}`;
}

function query(parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(given).toString();
}
