// The last answer of each query that was one. It stays while the query is answered with a fault, or with nothing.

import { answersOf, faultOf, type Channel, type Frame, type QueryFault } from '../../model/frame';
import { useFrameReducer } from './useFrameReducer';

export interface LastGoodAnswer {
  /** Nothing if there never was one. */
  answer: unknown;
  /** Whether it is the latest frame's. */
  isLatest: boolean;
  /** Why it is not, where Prometheus has said so. */
  fault?: QueryFault;
}

/** By the names of the queries, in the order of the latest frame. */
export type LastGoodAnswers = ReadonlyMap<string, LastGoodAnswer>;

const NONE: LastGoodAnswers = new Map();

/** What lasts after one frame more. */
export function outlast(before: LastGoodAnswers, data: unknown): LastGoodAnswers {
  const whole = faultOf(data); // in place of all answers
  if (whole) return new Map([...before].map(([query, { answer }]) => [query, { answer, isLatest: false, fault: whole }]));
  const after = Object.entries(answersOf(data)).map(([query, answer]): [string, LastGoodAnswer] => {
    const kept = before.get(query)?.answer;
    const fault = faultOf(answer);
    if (fault) return [query, { answer: kept, isLatest: false, fault }];
    if (answer === null) return [query, { answer: kept, isLatest: false }];
    return [query, { answer, isLatest: true }];
  });
  return new Map(after);
}

const LASTING = {
  initial: NONE,
  step: (before: LastGoodAnswers, { data }: Frame) => outlast(before, data),
  remembered: new Map<Channel, LastGoodAnswers>(),
};

/** The lasting answers of a channel. */
export const useLasting = (channel: Channel, frame: Frame | undefined): LastGoodAnswers => useFrameReducer(LASTING, channel, frame);
