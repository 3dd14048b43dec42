import { MutationObserver, QueryClient } from '@tanstack/react-query';
import { afterEach, expect, test, vi } from 'vitest';

import { readScenarios, type Rehearsal, type Rehearsals } from '../../model/rehearsal';
import { alertsOf, askSimulator, changeOf } from './simulator';

const URL = 'http://simulator';

function rehearsal(more: Partial<Rehearsal>): Rehearsal {
  return {
    name: 'DiskFull', family: 'disk', severity: 'critical', metric: 'disk', labels: {}, threshold: 90, window: null,
    expr: 'disk > 90', for: '1m', condition: 'calm', value: 45, compared: 45, since: '2026-07-01T08:00:00Z', rise_seconds: null, ...more,
  };
}

const CALM = rehearsal({});
const RISING = rehearsal({ condition: 'rising', since: '2026-07-01T08:00:05Z' });
const catalogue = (data: Rehearsal): Rehearsals => ({ time_scale: 1, data: [data] });

/** A promise that the test keeps when it likes. */
function later<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('an answer that was asked for before the trigger was answered does not undo it', async () => {
  const client = new QueryClient();
  const key = alertsOf(URL);
  client.setQueryData(key, catalogue(CALM));
  const post = later<Response>();
  const get = later<Rehearsals>();
  const fetch = vi.fn(() => post.promise);
  vi.stubGlobal('fetch', fetch);

  const change = new MutationObserver(client, changeOf(client, URL, CALM)).mutate('trigger');
  await vi.waitFor(() => {
    expect(fetch).toHaveBeenCalled();
  });
  const asked = client.query({ queryKey: key, queryFn: () => get.promise });
  post.resolve(Response.json({ data: RISING }));
  await change;
  get.resolve(catalogue(CALM));
  await asked.catch(() => undefined);
  expect(client.getQueryData(key)).toEqual(catalogue(RISING));
  expect(client.getQueryState(key)?.isInvalidated).toBe(true);
});

test.each([null, {}, { data: null }, { data: {} }])('%j is no list of the simulator', async (answer) => {
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json(answer)));
  await expect(askSimulator(readScenarios, URL, '/api/scenarios')).rejects.toMatchObject({ status: 200 });
});
