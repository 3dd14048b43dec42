// What the gateway sends over its WebSocket, one JSON text per frame.

import { isObject, json } from './json';
import type { QueryData } from './query';

export const CHANNELS = ['instant', 'range', 'metrics', 'alerts'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A query that failed stands as this in place of its data. */
export interface QueryFault {
  error: string;
  errorType: string;
}

/** A query's name, and Prometheus' answer as it sent it. */
export type Answers = Record<string, QueryData | QueryFault>;

/** One beat of a channel. */
export interface Frame<Data = Answers> {
  timestamp: string;
  seq: number;
  stale: boolean;
  data: Data;
}

/** What a message may be. */
type Told =
  | { kind: 'connection'; epoch: string }
  | { kind: 'frame'; channel: Channel; frame: Frame<unknown> }
  /** The beat has brought what frame `seq` had already. */
  | { kind: 'heartbeat'; channel: Channel; timestamp: string; seq: number; stale: boolean }
  | { kind: 'other' };

const CHANNEL_OF_TYPE = new Map<string, Channel>([
  ['instant_metrics', 'instant'],
  ['range_metrics', 'range'],
  ['metrics', 'metrics'],
  ['alerts', 'alerts'],
]);

/** Reads one message; anything unknown is `other`, so that a newer gateway does not break an older page. */
export function understand(text: string): Told {
  const message = object(json(text));
  const type = string(message.type);
  const channel = CHANNEL_OF_TYPE.get(type);
  const beat = { timestamp: string(message.timestamp), seq: number(message.seq), stale: message.stale === true };
  if (channel) return { kind: 'frame', channel, frame: { ...beat, data: message.data } };
  if (type === 'connection') return { kind: 'connection', epoch: string(message.epoch) };
  if (type === 'heartbeat' && isChannel(message.channel)) {
    return { kind: 'heartbeat', channel: message.channel, ...beat };
  }
  return { kind: 'other' };
}

export function isFault(answer: unknown): answer is QueryFault {
  return isObject(answer) && 'errorType' in answer;
}

function isChannel(value: unknown): value is Channel {
  return CHANNELS.some((channel) => channel === value);
}

function object(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
