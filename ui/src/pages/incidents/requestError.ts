// What went wrong with a question about incidents, by what one can do about it.

import { AnswerError } from '../../rest/ask';

export interface Trouble {
  is: 'gone' | 'refused' | 'away' | 'slow' | 'failed' | 'other';
  error: Error;
}

export function troubleOf(error: Error): Trouble {
  return { is: error instanceof AnswerError ? kind(error.status) : 'other', error };
}

function kind(status: number): Trouble['is'] {
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

/** The trouble that all of these have, so that it need not be told for each. */
export function sharedTrouble(errors: (Error | null)[]): Trouble | undefined {
  const troubles = errors.map((error) => (error ? troubleOf(error) : undefined));
  const first = troubles[0];
  return troubles.every((trouble) => trouble?.is === first?.is) ? first : undefined;
}
