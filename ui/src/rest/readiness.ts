// What `GET /-/ready` says. Its 503 is an answer too: the checks stand in it all the same.

import { isObject, list, members, text, textOrNull } from '../model/json';
import { AnswerError, askFor } from './ask';

export interface Check {
  ok: boolean;
  /** When `ok` last changed. */
  since: string;
  error: string | null;
  /** What is not quite right although it works. */
  warnings: string[];
}

const VERDICTS = ['ready', 'degraded', 'unready'] as const;
type Verdict = (typeof VERDICTS)[number];

export interface Readiness {
  /** `degraded`: streams flow, but something is missing. */
  status: Verdict;
  checks: Record<string, Check>;
}

export async function askReadiness(request: RequestInit = {}): Promise<Readiness> {
  try {
    return await askFor(readReadiness, '-/ready', request);
  } catch (error) {
    const sent = error instanceof AnswerError ? readReadiness(error.body) : undefined;
    if (sent) return sent;
    throw error;
  }
}

/** A check that the page does not know is one like the others, and one that is not there is not missed. */
export function readReadiness(body: unknown): Readiness | undefined {
  const { status, checks } = members(body);
  const verdict = VERDICTS.find((one) => one === status);
  if (verdict === undefined || !isObject(checks)) return undefined;
  const read = Object.entries(members(checks)).filter(([, check]) => isObject(check));
  return { status: verdict, checks: Object.fromEntries(read.map(([name, check]) => [name, readCheck(members(check))])) };
}

function readCheck({ ok, since, error, warnings }: Record<string, unknown>): Check {
  const texts = list(warnings).map(text).filter((one) => one !== '');
  return { ok: ok === true, since: text(since), error: textOrNull(error), warnings: texts };
}
