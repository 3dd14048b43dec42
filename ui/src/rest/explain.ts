// What went wrong with a request, in words for people.

import type { Messages } from '../messages/en';
import { isObject } from '../model/json';
import { quoted } from '../model/words';
import { AnswerError } from './ask';

/** In the server's own words, or the page's where the server has none. */
export function explain(error: Error, { answers, quote }: Messages): string {
  if (!(error instanceof AnswerError)) return error.message;
  const { status, body } = error;
  if (status === 0) return answers.none;
  const words = said(body);
  if (words !== undefined) return quoted(words, quote);
  return status < 400 ? answers.unreadable : answers.status(status);
}

/** Errors are in Prometheus' envelope. */
function said(body: unknown): string | undefined {
  if (!isObject(body) || !('error' in body)) return undefined;
  return typeof body.error === 'string' ? body.error : undefined;
}
