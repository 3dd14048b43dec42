// What the gateway sends over its WebSocket, one JSON text per frame.

import { isObject, json, list, members, text } from './json';

export const CHANNELS = ['instant', 'range', 'metrics', 'alerts'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A query that failed stands as this in place of its data. */
export interface QueryFault {
  error: string;
  errorType: string;
}

/** By the name of a query, what Prometheus has said of its answer besides: that it is of a part, that it is doubtful. */
export type Warnings = ReadonlyMap<string, readonly string[]>;

/** One beat of a channel. */
export interface Beat {
  timestamp: string;
  seq: number;
  stale: boolean;
}

/** What a beat has brought. Nobody has checked what its data are: Prometheus' answers pass as they came. */
export interface Frame extends Beat {
  data: unknown;
  warnings: Warnings;
  /** Of alerts, what Alertmanager does with them; nothing where that is not known. */
  alertmanager?: unknown;
}

/** What a message may be. */
type ServerMessage =
  | { kind: 'connection'; epoch: string }
  | { kind: 'frame'; channel: Channel; frame: Frame }
  /** The beat has brought what frame `seq` had already. */
  | ({ kind: 'heartbeat'; channel: Channel } & Beat)
  | { kind: 'other' };

const CHANNEL_OF_TYPE = new Map<string, Channel>([
  ['instant_metrics', 'instant'],
  ['range_metrics', 'range'],
  ['metrics', 'metrics'],
  ['alerts', 'alerts'],
]);

/** Reads one message; anything unknown is `other`, so that a newer gateway does not break an older page. */
export function parseMessage(sent: string): ServerMessage {
  const message = members(json(sent));
  const type = string(message.type);
  const channel = CHANNEL_OF_TYPE.get(type);
  const beat = { timestamp: string(message.timestamp), seq: number(message.seq), stale: message.stale === true };
  if (channel) {
    const warnings = readWarnings(message.warnings);
    return { kind: 'frame', channel, frame: { ...beat, data: message.data, warnings, alertmanager: message.alertmanager } };
  }
  if (type === 'connection') return { kind: 'connection', epoch: string(message.epoch) };
  if (type === 'heartbeat' && isChannel(message.channel)) {
    return { kind: 'heartbeat', channel: message.channel, ...beat };
  }
  return { kind: 'other' };
}

/** The error that stands in place of data, if one does. */
export function faultOf(answer: unknown): QueryFault | undefined {
  if (!isObject(answer)) return undefined;
  const { error, errorType } = answer;
  if (typeof error !== 'string' && typeof errorType !== 'string') return undefined;
  return { error: string(error) || string(errorType), errorType: string(errorType) };
}

/** The answers of a frame, by the names of their queries; none where there is something else. */
export function answersOf(data: unknown): Record<string, unknown> {
  return faultOf(data) ? {} : members(data);
}

function readWarnings(value: unknown): Warnings {
  const warned = Object.entries(members(value)).map(([query, texts]): [string, string[]] => [
    query,
    list(texts).map(text).filter((one) => one !== ''),
  ]);
  return new Map(warned.filter(([, texts]) => texts.length > 0));
}

function isChannel(value: unknown): value is Channel {
  return CHANNELS.some((channel) => channel === value);
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
