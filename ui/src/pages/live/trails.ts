// The trails of all queries of a channel, while the page is open; they outlive a look at another page.

import { useEffect, useState } from 'react';

import { isFault, type Channel, type Frame } from '../../model/frame';
import { samples, type Sample } from '../../model/query';
import { extend, NO_TRAIL, type Trail } from '../../model/trail';
import { meaning, type Meaning } from './meaning';

export type Trails = Record<string, Trail>;

/** The trails and one frame more. */
export function extendAll(trails: Trails, frame: Frame<Record<string, unknown>>): Trails {
  const time = Date.parse(frame.timestamp) / 1000;
  if (Number.isNaN(time)) return trails;
  const extended = Object.entries(frame.data).map(([query, answer]) => {
    const before = trails[query] ?? NO_TRAIL;
    if (isFault(answer)) return [query, before] as const;
    const found = answerSamples(answer);
    return [query, extend(before, time, found, meaningOf(query, found).kind)] as const;
  });
  return Object.fromEntries(extended);
}

/** Of an answer of Prometheus, or of a plain number of the channel `metrics`. */
export function answerSamples(answer: unknown): Sample[] {
  return typeof answer === 'number' ? [{ labels: {}, value: answer }] : samples(answer);
}

export function meaningOf(query: string, series: readonly { labels: Sample['labels'] }[]): Meaning {
  return meaning(query, series[0]?.labels.__name__);
}

const remembered = new Map<Channel, Trails>();

export function useTrails(channel: Channel, frame: Frame<Record<string, unknown>> | undefined): Trails {
  const [seen, setSeen] = useState(() => ({ frame: undefined as typeof frame, trails: remembered.get(channel) ?? {} }));
  if (frame !== undefined && frame !== seen.frame) setSeen({ frame, trails: extendAll(seen.trails, frame) });
  useEffect(() => {
    remembered.set(channel, seen.trails);
  }, [channel, seen.trails]);
  return seen.trails;
}
