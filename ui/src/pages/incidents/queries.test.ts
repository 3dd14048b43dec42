import { InfiniteQueryObserver, QueryClient, environmentManager } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { EVERYTHING } from './filters';
import { detailsOf } from './queries';

const HALF_A_MINUTE = 30_000;

const answer = vi.fn<() => Promise<Response>>();
const page = () => Promise.resolve(Response.json({ data: [{}], next_cursor: 'next' }));
const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });

/** The list, as somebody looks at `pages` pages of it. */
async function listOf(pages: number) {
  const list = new InfiniteQueryObserver(client, detailsOf(EVERYTHING));
  list.subscribe(() => undefined);
  await vi.waitFor(() => {
    expect(list.getCurrentResult().isSuccess).toBe(true);
  });
  for (let page = 1; page < pages; page += 1) await list.fetchNextPage();
  answer.mockClear();
  return list;
}

beforeEach(() => {
  vi.useFakeTimers();
  environmentManager.setIsServer(() => false); // on a server nothing is asked again
  answer.mockImplementation(page);
  vi.stubGlobal('fetch', answer);
});

afterEach(() => {
  client.clear();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('asks again for a short list by itself', async () => {
  await listOf(2);
  await vi.advanceTimersByTimeAsync(HALF_A_MINUTE);
  expect(answer).toHaveBeenCalledTimes(2);
});

it('asks again for a long list only when it is asked to', async () => {
  await listOf(4);
  await vi.advanceTimersByTimeAsync(10 * HALF_A_MINUTE);
  expect(answer).not.toHaveBeenCalled();
  await client.invalidateQueries();
  expect(answer).toHaveBeenCalledTimes(4);
});

it('goes on asking for a long list that could not be had', async () => {
  const list = await listOf(4);
  answer.mockImplementation(() => Promise.reject(new Error('gone')));
  await client.invalidateQueries();
  expect(list.getCurrentResult().isError).toBe(true);
  answer.mockImplementation(page);
  await vi.advanceTimersByTimeAsync(HALF_A_MINUTE);
  expect(list.getCurrentResult().isError).toBe(false);
});
