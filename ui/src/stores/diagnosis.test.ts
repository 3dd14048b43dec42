import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { setScene } from '../connection/fake_gateway';
import { diagnose, diagnosis, readDiagnosis } from './diagnosis';

const scene = setScene();
const asked = vi.fn<(url: string) => Promise<Response>>();
const DROPPED = { host: 'gateway:8005', origin: 'https://dash', http_version: '1.1', proxied: true, problem: 'upgrade', advice: 'Pass it on.' };

let stop: () => void = () => undefined;

beforeEach(() => {
  asked.mockReset();
  vi.stubGlobal('fetch', asked);
  vi.stubGlobal('location', { origin: 'https://dash' });
  stop = diagnose(scene.connection);
});

afterEach(() => {
  stop();
  diagnosis.set(undefined);
});

const settled = () => vi.advanceTimersByTimeAsync(1);

test('after an attempt that came to nothing the gateway is asked once, and its answer forgotten when it opens', async () => {
  asked.mockImplementation(() => Promise.resolve(Response.json(DROPPED)));
  scene.connection.start();
  scene.latest().end(1006);
  await settled();
  expect(asked).toHaveBeenCalledTimes(1);
  expect(asked.mock.lastCall?.[0]).toBe('api/ui/connection?origin=https%3A%2F%2Fdash');
  expect(diagnosis.get()).toEqual({ problem: 'upgrade', host: 'gateway:8005', advice: 'Pass it on.' });
  await vi.advanceTimersByTimeAsync(30_000);
  scene.latest().greet();
  expect(diagnosis.get()).toBeUndefined();
});

test.each([
  ['nobody answers', () => Promise.reject(new Error('refused'))],
  ['an older gateway does not know the question', () => Promise.resolve(Response.json({ error: 'no' }, { status: 404 }))],
  ['somebody else answers', () => Promise.resolve(Response.json({ problem: 5 }))],
])('where %s nothing more is known', async (_, answer) => {
  asked.mockImplementation(answer);
  scene.connection.start();
  scene.latest().end(1006);
  await settled();
  expect(diagnosis.get()).toBe('silent');
});

test('a connection that was open and was lost is no question; the attempts after it are', async () => {
  asked.mockImplementation(() => Promise.reject(new Error('refused')));
  scene.opened().end(1006);
  await settled();
  expect([diagnosis.get(), asked.mock.calls.length]).toEqual(['silent', 0]);
  await vi.advanceTimersByTimeAsync(500);
  scene.latest().end(1006);
  await settled();
  expect(asked).toHaveBeenCalledTimes(1);
});

test.each([undefined, null, 5, [], {}, { problem: undefined }, { problem: {} }])('%j is no diagnosis', (answer) => {
  expect(readDiagnosis(answer)).toBeUndefined();
});

test('a gateway that has refused nothing says so', () => {
  expect(readDiagnosis({ problem: null })).toEqual({ problem: null, host: null, advice: null });
});
