// Incidents as the gateway answers about them: `GET /api/metrics/incidents/*`.

export const STATUSES = ['open', 'acknowledged', 'resolved', 'closed'] as const;
export type Status = (typeof STATUSES)[number];

export interface Incident {
  id: string;
  title: string;
  severity: string;
  service: string;
  /** A `Status`, or whatever the platform has invented since. */
  status: string;
  created_at: string;
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

export function isStatus(word: string | null | undefined): word is Status {
  return STATUSES.some((status) => status === word);
}
