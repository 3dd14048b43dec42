import { expect, test } from 'vitest';

import { faultOf, parseMessage } from './frame';

test('a frame is read with its channel', () => {
  const frame = { timestamp: '2026-02-10T05:35:22.447Z', seq: 17, stale: false, data: { up: 1 } };
  const text = JSON.stringify({ type: 'instant_metrics', ...frame });
  expect(parseMessage(text)).toEqual({ kind: 'frame', channel: 'instant', frame: { ...frame, warnings: new Map() } });
});

test('a heartbeat is read; one of an unknown channel is passed over', () => {
  const beat = { type: 'heartbeat', channel: 'range', timestamp: 't', seq: 3, stale: true };
  expect(parseMessage(JSON.stringify(beat))).toMatchObject({ kind: 'heartbeat', channel: 'range', seq: 3, stale: true });
  expect(parseMessage(JSON.stringify({ ...beat, channel: 'logs' })).kind).toBe('other');
});

test.each(['', '{', 'null', '7', '"text"', '[]', '{}', '{"type":7}', '{"type":"constructor"}', '{"type":"ack"}'])(
  '%s is nothing that a page shows',
  (text) => {
    expect(parseMessage(text).kind).toBe('other');
  },
);

test('a fault is distinguished from data', () => {
  expect(faultOf({ error: 'query timed out', errorType: 'timeout' })?.error).toBe('query timed out');
  expect(faultOf({ resultType: 'vector', result: [] })).toBeUndefined();
  expect(faultOf(undefined)).toBeUndefined();
});
