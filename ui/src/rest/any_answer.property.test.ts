import fc, { type Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';

import { readSettings } from './settings';
import { anyIncidents, anyReadiness, anySettings } from '../model/any_answer';
import { readIncidents, readServices, readSummary } from '../model/incident';
import { isObject } from '../model/json';
import { readReadiness } from './readiness';

/** What a page may draw: texts, numbers, and nothing; in lists and records of these. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (isObject(value)) return Object.values(value).every(isPlain);
  return value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value);
}

/** A reader's answer has the members of `like`, of the same types or `null`, whatever was read. */
function hasShapeOf(read: (answer: unknown) => unknown, any: Arbitrary<unknown>, member: (read: unknown) => unknown[], like: object): void {
  fc.assert(
    fc.property(any, (answer) => {
      const found = read(answer);
      expect(isPlain(found)).toBe(true);
      if (found === undefined) return;
      for (const one of member(found)) {
        if (!isObject(one)) throw new Error('no record');
        for (const [name, value] of Object.entries(like)) {
          if (one[name] !== null && one[name] !== undefined) expect(typeof one[name]).toBe(typeof value);
        }
      }
    }),
  );
}

const dataOf = (read: unknown) => (isObject(read) && Array.isArray(read.data) ? (read.data as unknown[]) : []);
const SERVICE = { service: '', total_incidents: 0, open_count: 0, ack_count: 0, resolved_count: 0 };
const INCIDENT = { id: '', title: '', severity: '', service: '', status: '', created_at: '', resolved_at: '', mtta_seconds: 0 };
const TOTALS = { count: 0, open: 0, acknowledged: 0, resolved: 0, mtta: {}, mttr: {}, excluded: 0 };

test('incidents by service are read or refused', () => {
  hasShapeOf(readServices, anyIncidents.services, (read) => read as unknown[], SERVICE);
});

test('incidents one by one are read or refused', () => {
  hasShapeOf(readIncidents, anyIncidents.details, dataOf, INCIDENT);
});

test('the summary of incidents is read or refused', () => {
  hasShapeOf(readSummary, anyIncidents.summary, (read) => [(read as { overall: unknown }).overall], TOTALS);
});

test('readiness is read or refused, with checks that nobody knows and without those that everybody knows', () => {
  hasShapeOf(readReadiness, anyReadiness, (read) => Object.values((read as { checks: object }).checks), { ok: true, since: '', error: '' });
});

test('settings are read or refused', () => {
  const like = { version: '', poll_interval_seconds: 1, simulator_url: '', incidents: true };
  hasShapeOf(readSettings, anySettings, (read) => [read], like);
});
