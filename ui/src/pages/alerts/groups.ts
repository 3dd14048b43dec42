// Which alerts are shown, and in what order: firing before suppressed before pending, the gravest first; those of one name,
// or of one value of a label, stand together.

import type { Alert } from '../../model/alert';
import type { Entry } from '../../model/alertBook';
import { UNKNOWN } from '../../model/units';
import { compare, type Severities } from './severities';

/** Instead of a name: all of them. */
export const ANY = '*';

export interface Wanted {
  state: string;
  severity: string;
  family: string;
  /** In any label or annotation, in whatever case. */
  text: string;
  /** The label by whose values alerts stand together. */
  by: string;
}

/** What those that stand together have in common, unless somebody chooses another label. */
const NAME = 'alertname';

export const ALL: Wanted = { state: ANY, severity: ANY, family: ANY, text: '', by: NAME };

/** Whether all alerts are wanted, however they stand together. */
export function isAll({ state, severity, family, text }: Wanted): boolean {
  return [state, severity, family].every((name) => name === ANY) && text === '';
}

const NAMES = ['state', 'severity', 'family'] as const;

/** How an alert stands: one that fires, and that Alertmanager keeps quiet, is suppressed. */
export const STANDINGS = ['firing', 'suppressed', 'pending'] as const;
export type Standing = (typeof STANDINGS)[number];

export function standing({ state, suppressed }: Alert): Standing {
  return suppressed ? 'suppressed' : state;
}

/** Reads the query string of the page's address; what is not there is any. */
export function readWanted(query: string): Wanted {
  const given = new URLSearchParams(query);
  const [state = ANY, severity = ANY, family = ANY] = NAMES.map((name) => given.get(name) ?? ANY);
  const known = STANDINGS.find((one) => one === state) ?? ANY;
  const by = given.get('by') ?? '';
  return { state: known, severity, family, text: given.get('text') ?? '', by: by === '' ? NAME : by };
}

/** The other way: what `readWanted` understands. */
export function writeWanted(wanted: Wanted): string {
  const given = new URLSearchParams();
  for (const name of NAMES) if (wanted[name] !== ANY) given.set(name, wanted[name]);
  if (wanted.text !== '') given.set('text', wanted.text);
  if (wanted.by !== NAME) given.set('by', wanted.by);
  return given.toString();
}

/** Alerts of one standing and severity. */
export interface Group {
  standing: Standing;
  severity: string;
  bundles: Bundle[];
  /** How many they are in all. */
  count: number;
}

/** Those of one name, or of one value of a label. */
export interface Bundle {
  title: string;
  entries: Entry[];
}

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
  return firstSaid(annotations.summary, annotations.message, labels.alertname);
}

function firstSaid(...texts: (string | undefined)[]): string {
  return texts.find((text) => text !== undefined && text !== '') ?? UNKNOWN;
}

/** Groups with at least one alert, in order. */
export function group(entries: Entry[], wanted: Wanted, severities: Severities): Group[] {
  const key = ({ labels }: Alert) => labels[wanted.by] ?? '';
  const order = (a: Alert, b: Alert) =>
    STANDINGS.indexOf(standing(a)) - STANDINGS.indexOf(standing(b)) ||
    severities.compare(severity(a), severity(b)) ||
    compare(key(a), key(b)) ||
    (Date.parse(a.activeAt) || 0) - (Date.parse(b.activeAt) || 0) ||
    compare(nameOf(a), nameOf(b));
  const sorted = entries.filter(({ alert }) => isWanted(alert, wanted)).sort((a, b) => order(a.alert, b.alert));
  const groups: Group[] = [];
  for (const entry of sorted) {
    const { alert } = entry;
    let last = groups.at(-1);
    if (last?.standing !== standing(alert) || last.severity !== severity(alert)) {
      last = { standing: standing(alert), severity: severity(alert), bundles: [], count: 0 };
      groups.push(last);
    }
    const title = key(alert) === '' ? UNKNOWN : key(alert);
    const bundle = last.bundles.at(-1);
    if (bundle?.title === title) bundle.entries.push(entry);
    else last.bundles.push({ title, entries: [entry] });
    last.count += 1;
  }
  return groups;
}

/** The labels that alerts can stand together by, the most common first. */
export function groupings(entries: Entry[], chosen: string): string[] {
  const counts = new Map<string, number>([[NAME, Infinity]]);
  for (const { alert } of entries) {
    for (const label of Object.keys(alert.labels)) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  if (!counts.has(chosen)) counts.set(chosen, 0);
  const names = [...counts].filter(([label]) => label !== 'severity' && label !== 'drill');
  return names.sort(([a, left], [b, right]) => (left === right ? compare(a, b) : right - left)).map(([label]) => label);
}

function isWanted(alert: Alert, wanted: Wanted): boolean {
  const text = wanted.text.trim().toLowerCase();
  const said = [...Object.values(alert.labels), ...Object.values(alert.annotations)];
  return (
    (wanted.state === ANY || standing(alert) === wanted.state) &&
    (wanted.severity === ANY || severity(alert) === wanted.severity) &&
    (wanted.family === ANY || family(alert) === wanted.family) &&
    (text === '' || said.some((one) => one.toLowerCase().includes(text)))
  );
}
