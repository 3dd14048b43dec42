// The simulator's control API, as the page asks it.

import { mutationOptions, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { useSettings } from '../../rest/settings';
import {
  amended,
  readChanged,
  readRehearsals,
  readScenarios,
  type Rehearsal,
  type Rehearsals,
  type Scenario,
} from '../../model/rehearsal';
import { AnswerError, askFor } from '../../rest/ask';
import { onRehearsals, triggered } from '../../stores/alerts';

const EVERY_MS = 1_000;
/** While it does not answer. */
const RETRY_MS = 3_000;
const PROBE_MS = 3_000;

/** It runs, but does not answer pages of this origin. A browser does not tell that from silence by itself. */
export class ForeignOrigin extends Error {}

/** Another program may answer at that address, and with what it likes: `read` knows none of that. */
export async function askSimulator<Data>(
  read: (answer: unknown) => Data | undefined,
  url: string,
  path: string,
  request: RequestInit = {},
): Promise<Data> {
  try {
    return await askFor(read, url + path, request);
  } catch (error) {
    const silent = error instanceof AnswerError && error.status === 0 && !request.signal?.aborted;
    throw silent && (await isThere(url)) ? new ForeignOrigin() : error;
  }
}

/** Whether anything answers at all; what it says is hidden from this page. */
async function isThere(url: string): Promise<boolean> {
  try {
    await fetch(`${url}/health`, { mode: 'no-cors', signal: AbortSignal.timeout(PROBE_MS) });
    return true;
  } catch {
    return false;
  }
}

/** Of whatever is shown only once the settings are known. */
export function useSimulatorUrl(): string {
  const { data } = useSettings();
  if (data?.simulator_url === undefined) throw new Error('there is no simulator, as far as is known');
  return data.simulator_url;
}

export const alertsOf = (url: string) => ['simulator', url, 'alerts'];
const scenariosOf = (url: string) => ['simulator', url, 'scenarios'];

/** The catalogue with its state, again each second while somebody looks at the page. */
export function useRehearsals() {
  const url = useSimulatorUrl();
  const query = useQuery({
    queryKey: alertsOf(url),
    queryFn: ({ signal }) => askSimulator(readRehearsals, url, '/api/alerts', { signal }),
    retry: false,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : EVERY_MS),
  });
  const { data } = query;
  useEffect(() => {
    if (data) onRehearsals(data.data);
  }, [data]);
  return query;
}

/** None while nothing is known. */
export function useScenarios(): Scenario[] {
  const url = useSimulatorUrl();
  const { data } = useQuery({
    queryKey: scenariosOf(url),
    queryFn: ({ signal }) => askSimulator(readScenarios, url, '/api/scenarios', { signal }),
    retry: false,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : EVERY_MS),
  });
  return data ?? [];
}

/** Triggers an alert or recovers it; what the simulator answers is known at once. */
export function useChange(rehearsal: Rehearsal) {
  return useMutation(changeOf(useQueryClient(), useSimulatorUrl(), rehearsal));
}

/** The same without React. */
export function changeOf(client: QueryClient, url: string, rehearsal: Rehearsal) {
  const key = alertsOf(url);
  return mutationOptions({
    mutationFn: (what: 'trigger' | 'recover') => {
      const path = `/api/alerts/${encodeURIComponent(rehearsal.name)}/${what}`;
      return askSimulator(readChanged, url, path, { method: 'POST' });
    },
    onMutate: () => ({ before: rehearsal, askedAt: Date.now() }),
    onSuccess: async (data, what, { before, askedAt }) => {
      if (what === 'trigger') triggered(before, askedAt);
      await client.cancelQueries({ queryKey: key }); // an answer from before must not come after
      client.setQueryData<Rehearsals>(key, (known) => known && amended(known, data));
      void client.invalidateQueries({ queryKey: key });
    },
  });
}

/** Starts or stops a scenario, or resets everything: anything without an answer of interest. */
export function usePost() {
  const url = useSimulatorUrl();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (path: string) => askSimulator((answer) => answer, url, path, { method: 'POST' }),
    onSettled: () => client.invalidateQueries({ queryKey: ['simulator', url] }),
  });
}
