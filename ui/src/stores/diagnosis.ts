// Why the connection cannot be opened though the page has come: a browser does not tell a page what a WebSocket was
// answered, but the gateway tells what it has seen of it.

import type { Connection, ConnectionState } from '../connection/connection';
import { members, textOrNull } from '../model/json';
import { askFor } from '../rest/ask';
import { Store } from './store';

/** `undefined` as long as nobody has asked; `silent` where nobody answers that question either, or there is none to ask. */
export type Diagnosis = 'silent' | Told | undefined;

interface Told {
  /** A word for what is wrong, `null` if the gateway has refused nothing. Newer gateways may have others. */
  problem: string | null;
  /** The `Host` that has reached the gateway. */
  host: string | null;
  /** What to do, in English. */
  advice: string | null;
}

/** It has that at hand. */
const PATIENCE_MS = 3_000;

export const diagnosis = new Store<Diagnosis>(undefined);

/** Asks after each attempt that came to nothing, until the returned function is called. */
export function diagnose(connection: Connection): () => void {
  let asked: ConnectionState | undefined;
  return connection.listen(() => {
    const state = connection.getState();
    if (state.is === 'open') diagnosis.set(undefined);
    if (state.is !== 'waiting' || state === asked) return;
    asked = state;
    if (!state.unopened) {
      diagnosis.set('silent'); // the gateway was there, and has ended it
      return;
    }
    void ask().then((found) => {
      if (connection.getState().is !== 'open') diagnosis.set(found);
    });
  });
}

async function ask(): Promise<Diagnosis> {
  try {
    const url = `api/ui/connection?origin=${encodeURIComponent(location.origin)}`;
    return await askFor(readDiagnosis, url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    return 'silent';
  }
}

export function readDiagnosis(answer: unknown): Told | undefined {
  const { problem, host, advice } = members(answer);
  if (problem !== null && typeof problem !== 'string') return undefined;
  return { problem, host: textOrNull(host), advice: textOrNull(advice) };
}
