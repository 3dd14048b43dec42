// The last answer of each query that was one. It stays while the query is answered with a fault, or with nothing.

import { isFault, type Channel, type QueryFault } from '../../model/frame';
import { useFold, type AnyFrame } from './fold';

export interface Lasting {
  /** Nothing if there never was one. */
  answer: unknown;
  /** Whether it is the latest frame's. */
  isLatest: boolean;
  /** Why it is not, where Prometheus has said so. */
  fault?: QueryFault;
}

/** By the names of the queries, in the order of the latest frame. */
export type LastingAnswers = ReadonlyMap<string, Lasting>;

const NONE: LastingAnswers = new Map();

/** What lasts after one frame more. */
export function outlast(before: LastingAnswers, data: Record<string, unknown>): LastingAnswers {
  const after = Object.entries(data).map(([query, answer]): [string, Lasting] => {
    const kept = before.get(query)?.answer;
    if (isFault(answer)) return [query, { answer: kept, isLatest: false, fault: answer }];
    if (answer === null) return [query, { answer: kept, isLatest: false }];
    return [query, { answer, isLatest: true }];
  });
  return new Map(after);
}

const LASTING = {
  initial: NONE,
  step: (before: LastingAnswers, { data }: AnyFrame) => outlast(before, data),
  remembered: new Map<Channel, LastingAnswers>(),
};

/** The lasting answers of a channel. */
export const useLasting = (channel: Channel, frame: AnyFrame | undefined): LastingAnswers => useFold(LASTING, channel, frame);
