import { afterEach, expect, test, vi } from 'vitest';

import { AnswerError } from './ask';
import { askReadiness } from './readiness';

const SINCE = '2026-02-10T08:00:00.000Z';

function answer(status: number, body: unknown) {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(body), { status })));
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a gateway that is ready says so', async () => {
  answer(200, { status: 'ready', checks: { database: { ok: true, since: SINCE, error: null } } });
  expect((await askReadiness()).checks.database).toEqual({ ok: true, since: SINCE, error: null, warnings: [] });
});

test('the checks of a gateway that is not ready are read from its 503', async () => {
  const unready = { status: 'unready', checks: { poller: { ok: false, since: SINCE, error: 'a hub is gone', warnings: ['a text'] } } };
  answer(503, unready);
  expect(await askReadiness()).toEqual(unready);
});

test('a 503 of somebody else is an error', async () => {
  answer(503, { status: 'error', errorType: 'unavailable', error: 'no session is free' });
  await expect(askReadiness()).rejects.toMatchObject({ status: 503, body: { error: 'no session is free' } });
  answer(503, 'upstream is gone');
  await expect(askReadiness()).rejects.toBeInstanceOf(AnswerError);
});
