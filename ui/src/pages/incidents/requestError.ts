// What went wrong with a question about incidents, by what one can do about it.

import { AnswerError } from '../../rest/ask';

export interface RequestError {
  is: 'gone' | 'refused' | 'away' | 'slow' | 'failed' | 'other';
  error: Error;
}

export function requestErrorOf(error: Error): RequestError {
  return { is: error instanceof AnswerError ? kind(error.status) : 'other', error };
}

function kind(status: number): RequestError['is'] {
  switch (status) {
    case 0:
    case 502: // a proxy says that nobody is behind it
      return 'gone';
    case 400:
      return 'refused';
    case 500:
      return 'failed';
    case 503:
      return 'away';
    case 504:
      return 'slow';
    default:
      return 'other';
  }
}

/** The requestError that all of these have, so that it is not shown for each. */
export function sharedError(errors: (Error | null)[]): RequestError | undefined {
  const troubles = errors.map((error) => (error ? requestErrorOf(error) : undefined));
  const first = troubles[0];
  return troubles.every((requestError) => requestError?.is === first?.is) ? first : undefined;
}
