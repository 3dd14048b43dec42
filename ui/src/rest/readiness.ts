// What `GET /-/ready` says. Its 503 is an answer too: the checks stand in it all the same.

import { isObject } from '../model/json';
import { AnswerError, ask } from './ask';

export interface Check {
  ok: boolean;
  /** When `ok` last changed. */
  since: string;
  error: string | null;
}

export interface Readiness {
  /** `degraded`: streams flow, but something is missing. */
  status: 'ready' | 'degraded' | 'unready';
  checks: Record<string, Check>;
}

export async function askReadiness(request: RequestInit = {}): Promise<Readiness> {
  try {
    return await ask<Readiness>('/-/ready', request);
  } catch (error) {
    if (error instanceof AnswerError && isReadiness(error.body)) return error.body;
    throw error;
  }
}

function isReadiness(body: unknown): body is Readiness {
  return isObject(body) && 'status' in body && isObject(body.checks);
}
