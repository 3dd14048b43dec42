import { afterEach, expect, test, vi } from 'vitest';

import { fr } from '../messages/fr';
import { ask } from './ask';
import { explain } from './explain';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** What people read when the server has answered so. */
async function read(answer: () => Promise<Response>): Promise<string> {
  vi.stubGlobal('fetch', answer);
  const error: unknown = await ask('/').catch((error: unknown) => error);
  return explain(error as Error, fr);
}

test('what the server says is wrong is shown in its words', async () => {
  const body = JSON.stringify({ status: 'error', errorType: 'bad_data', error: 'unknown severity' });
  expect(await read(() => Promise.resolve(new Response(body, { status: 400 })))).toBe('unknown severity');
});

test('what the server sets between backticks is quoted as the page quotes', async () => {
  const body = JSON.stringify({ status: 'error', errorType: 'bad_data', error: 'unknown field `a`' });
  expect(await read(() => Promise.resolve(new Response(body, { status: 400 })))).toBe('unknown field «\u00a0a\u00a0»');
});

test('what it does not say is shown in the language of the page', async () => {
  expect(await read(() => Promise.reject(new TypeError('Failed to fetch')))).toBe('pas de réponse');
  expect(await read(() => Promise.resolve(new Response('gone', { status: 502 })))).toContain('statut 502');
  expect(await read(() => Promise.resolve(new Response('<html>')))).toContain('n’est pas celle');
});
