// Which alerts are shown, and in what order: firing before pending, critical first, then by family and age.

import type { Alert } from '../../model/alert';
import type { Entry } from '../../model/alertBook';
import { UNKNOWN } from '../../model/units';

/** Instead of a name: all of them. */
export const ANY = '*';

export interface Wanted {
  state: string;
  severity: string;
  family: string;
  /** In any label or annotation, in whatever case. */
  text: string;
}

export const ALL: Wanted = { state: ANY, severity: ANY, family: ANY, text: '' };

export function isAll({ state, severity, family, text }: Wanted): boolean {
  return [state, severity, family].every((name) => name === ANY) && text === '';
}

const NAMES = ['state', 'severity', 'family'] as const;

/** Reads the query string of the page's address; what is not there is any. */
export function readWanted(query: string): Wanted {
  const given = new URLSearchParams(query);
  const [state = ANY, severity = ANY, family = ANY] = NAMES.map((name) => given.get(name) ?? ANY);
  const known = state === 'firing' || state === 'pending' ? state : ANY;
  return { state: known, severity, family, text: given.get('text') ?? '' };
}

/** The other way: what `readWanted` understands. */
export function writeWanted(wanted: Wanted): string {
  const given = new URLSearchParams();
  for (const name of NAMES) if (wanted[name] !== ANY) given.set(name, wanted[name]);
  if (wanted.text !== '') given.set('text', wanted.text);
  return given.toString();
}

export interface Group {
  state: Alert['state'];
  severity: string;
  entries: Entry[];
}

const SEVERITIES = ['critical', 'warning', 'info'];

export function severity({ labels }: Alert): string {
  return labels.severity ?? '';
}

export function family({ labels }: Alert): string {
  return labels.family ?? '';
}

export function nameOf({ labels }: Alert): string {
  return firstSaid(labels.alertname);
}

/** What an alert says of itself in short. */
export function titleOf({ labels, annotations }: Alert): string {
  return firstSaid(annotations.summary, labels.alertname);
}

function firstSaid(...texts: (string | undefined)[]): string {
  return texts.find((text) => text !== undefined && text !== '') ?? UNKNOWN;
}

/** Known severities by their weight, the others after them. */
export function bySeverity(a: string, b: string): number {
  const weight = (name: string) => (SEVERITIES.includes(name) ? SEVERITIES.indexOf(name) : SEVERITIES.length);
  return weight(a) - weight(b) || compare(a, b);
}

/** Groups with at least one alert, in order. */
export function group(entries: Entry[], wanted: Wanted): Group[] {
  const sorted = entries.filter(({ alert }) => isWanted(alert, wanted)).sort((a, b) => order(a.alert, b.alert));
  const groups: Group[] = [];
  for (const entry of sorted) {
    const [state, name] = [entry.alert.state, severity(entry.alert)];
    const last = groups.at(-1);
    if (last?.state === state && last.severity === name) last.entries.push(entry);
    else groups.push({ state, severity: name, entries: [entry] });
  }
  return groups;
}

function isWanted(alert: Alert, wanted: Wanted): boolean {
  const text = wanted.text.trim().toLowerCase();
  const said = [...Object.values(alert.labels), ...Object.values(alert.annotations)];
  return (
    (wanted.state === ANY || alert.state === wanted.state) &&
    (wanted.severity === ANY || severity(alert) === wanted.severity) &&
    (wanted.family === ANY || family(alert) === wanted.family) &&
    (text === '' || said.some((one) => one.toLowerCase().includes(text)))
  );
}

function order(a: Alert, b: Alert): number {
  return (
    compare(a.state, b.state) || // f before p
    bySeverity(severity(a), severity(b)) ||
    compare(family(a), family(b)) ||
    Date.parse(a.activeAt) - Date.parse(b.activeAt) ||
    compare(a.labels.alertname ?? '', b.labels.alertname ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
