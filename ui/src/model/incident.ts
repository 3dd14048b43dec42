// Incidents as the gateway answers about them: `GET /api/metrics/incidents/*`.

import { isObject, members, numberOrNull, text, textOrNull } from './json';

export const STATUSES = ['open', 'acknowledged', 'resolved', 'closed'] as const;
export type Status = (typeof STATUSES)[number];

export interface Incident {
  id: string;
  /** `null`, here and below, where the platform's row does not say. */
  title: string | null;
  severity: string | null;
  service: string;
  /** A `Status`, or whatever the platform has invented since. */
  status: string | null;
  created_at: string | null;
  acknowledged_at: string | null;
  resolved_at: string | null;
  mtta_seconds: number | null;
  mttr_seconds: number | null;
}

export interface ServiceCount {
  service: string;
  /** Closed ones too. */
  total_incidents: number;
  open_count: number;
  ack_count: number;
  resolved_count: number;
}

/** Of durations in seconds; `null` where none is known. */
interface Durations {
  count: number;
  mean: number | null;
  p90: number | null;
}

export interface Totals {
  count: number;
  open: number;
  acknowledged: number;
  resolved: number;
  mtta: Durations;
  mttr: Durations;
  /** Incidents with a duration below zero, which is left out. */
  excluded: number;
}

export interface Summary {
  overall: Totals;
  services: (Totals & { service: string })[];
}

/** The three answers: one that is not of this shape is `undefined`, a row that cannot be read is left out. */

export function readServices(answer: unknown): ServiceCount[] | undefined {
  return rows(answer)?.map(({ service, total_incidents, open_count, ack_count, resolved_count }) => ({
    service: text(service),
    total_incidents: count(total_incidents),
    open_count: count(open_count),
    ack_count: count(ack_count),
    resolved_count: count(resolved_count),
  }));
}

export function readIncidents(answer: unknown): { data: Incident[]; next_cursor: string | undefined } | undefined {
  const data = rows(answer)?.map((row) => ({
    id: text(row.id),
    title: textOrNull(row.title),
    severity: textOrNull(row.severity),
    service: text(row.service),
    status: textOrNull(row.status),
    created_at: textOrNull(row.created_at),
    acknowledged_at: textOrNull(row.acknowledged_at),
    resolved_at: textOrNull(row.resolved_at),
    mtta_seconds: numberOrNull(row.mtta_seconds),
    mttr_seconds: numberOrNull(row.mttr_seconds),
  }));
  const next = members(answer).next_cursor;
  return data && { data, next_cursor: typeof next === 'string' ? next : undefined };
}

export function readSummary(answer: unknown): Summary | undefined {
  const { overall, services } = members(members(answer).data);
  if (!isObject(overall) || !Array.isArray(services)) return undefined;
  return {
    overall: readTotals(overall),
    services: services.filter(isObject).map((one) => ({ ...readTotals(one), service: text(one.service) })),
  };
}

function rows(answer: unknown): Record<string, unknown>[] | undefined {
  const { data } = members(answer);
  return Array.isArray(data) ? data.filter(isObject) : undefined;
}

function readTotals(row: Record<string, unknown>): Totals {
  return {
    count: count(row.count),
    open: count(row.open),
    acknowledged: count(row.acknowledged),
    resolved: count(row.resolved),
    mtta: readDurations(row.mtta),
    mttr: readDurations(row.mttr),
    excluded: count(row.excluded),
  };
}

function readDurations(value: unknown): Durations {
  const { count: known, mean, p90 } = members(value);
  return { count: count(known), mean: numberOrNull(mean), p90: numberOrNull(p90) };
}

/** What is missing is none. */
function count(value: unknown): number {
  return numberOrNull(value) ?? 0;
}

export function isStatus(word: string | null | undefined): word is Status {
  return STATUSES.some((status) => status === word);
}
