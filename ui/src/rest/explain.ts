// What went wrong with a request, in words for people.

import type { Messages } from '../messages/en';
import { isObject } from '../model/json';
import { AnswerError } from './ask';

/** In the server's own words, or the page's where the server has none. */
export function explain(error: Error, { answers }: Messages): string {
  if (!(error instanceof AnswerError)) return error.message;
  const { status, body } = error;
  if (status === 0) return answers.none;
  return said(body) ?? (status < 400 ? answers.unreadable : answers.status(status));
}

/** Errors are in Prometheus' envelope. */
function said(body: unknown): string | undefined {
  if (!isObject(body) || !('error' in body)) return undefined;
  return typeof body.error === 'string' ? body.error : undefined;
}
