// What the connection knows of its channels.

import { expect, test, vi } from 'vitest';

import { BEAT_MS, setScene } from './fake_gateway';

const scene = setScene();

test('subscriptions are said once open, and again after reconnecting', () => {
  scene.connection.subscribe('alerts');
  scene.connection.subscribe('range');
  const first = scene.opened();
  const both = [
    { type: 'subscribe', channel: 'range' },
    { type: 'subscribe', channel: 'alerts' },
  ];
  expect(first.sent).toEqual(both);
  first.end(1001);
  vi.advanceTimersByTime(500);
  scene.latest().greet('two');
  expect(scene.latest().sent).toEqual(both);
});

test('several may want a channel: it is left when the last has left, and that only once', () => {
  const socket = scene.opened();
  const [one, two] = [scene.connection.subscribe('instant'), scene.connection.subscribe('instant')];
  one();
  one();
  expect(socket.sent).toEqual([{ type: 'subscribe', channel: 'instant' }]);
  two();
  expect(socket.sent).toEqual([
    { type: 'subscribe', channel: 'instant' },
    { type: 'unsubscribe', channel: 'instant' },
  ]);
});

test('what was left is not asked for again', () => {
  scene.connection.subscribe('instant')();
  expect(scene.opened().sent).toEqual([]);
});

test('beats that are missing between two numbers are counted', () => {
  scene.connection.subscribe('instant');
  const socket = scene.opened();
  socket.frame(5);
  socket.frame(6);
  expect(scene.connection.getCounts()).toMatchObject({ frames: 2, missed: 0 });
  socket.frame(9);
  expect(scene.connection.getCounts()).toMatchObject({ frames: 3, missed: 2 });
});

test('heartbeats are counted apart; they speak of the frame before, so that nothing is missed', () => {
  scene.connection.subscribe('instant');
  const socket = scene.opened();
  socket.frame(5);
  socket.heartbeat(5);
  socket.heartbeat(5);
  socket.frame(6);
  expect(scene.connection.getCounts()).toMatchObject({ frames: 2, heartbeats: 2, missed: 0 });
});

test('what passed during an outage, or in another life of the gateway, is not missed', () => {
  scene.connection.subscribe('instant');
  scene.opened().frame(5);
  scene.latest().end(1001);
  vi.advanceTimersByTime(500);
  scene.latest().greet('two');
  scene.latest().frame(1000);
  scene.latest().frame(1001);
  expect(scene.connection.getCounts()).toMatchObject({ frames: 3, missed: 0, connections: 2 });
});

test('what passed while nobody wanted the channel is not missed', () => {
  const leave = scene.connection.subscribe('instant');
  const socket = scene.opened();
  socket.frame(5);
  leave();
  scene.connection.subscribe('instant');
  socket.frame(50);
  expect(scene.connection.getCounts().missed).toBe(0);
});

test('a heartbeat keeps the data and freshens it', () => {
  const socket = scene.opened();
  socket.frame(5);
  const before = scene.connection.getChannel('instant');
  vi.advanceTimersByTime(BEAT_MS);
  socket.heartbeat(5);
  const after = scene.connection.getChannel('instant');
  expect(after.frame).toMatchObject({ data: { seq: 5 }, timestamp: '2026-01-01T00:00:10.000Z', seq: 5, stale: false });
  expect(after.frame?.data).toBe(before.frame?.data);
  expect(after.heardAt).toBe((before.heardAt ?? NaN) + BEAT_MS);
});

test('a heartbeat that speaks of a frame that never came does not freshen an older one', () => {
  scene.connection.subscribe('instant');
  const socket = scene.opened();
  socket.frame(5);
  socket.heartbeat(7);
  expect(scene.connection.getChannel('instant').frame).toMatchObject({ seq: 5, timestamp: '2026-01-01T00:00:00.000Z' });
  socket.frame(8);
  expect(scene.connection.getCounts().missed).toBe(2);
});

test('a heartbeat before any frame brings none', () => {
  const socket = scene.opened();
  socket.heartbeat(6);
  expect(scene.connection.getChannel('instant').frame).toBeUndefined();
});

test('a channel is stale from a stale beat until one that is not, and knows when it last was not', () => {
  const socket = scene.opened();
  socket.frame(1, { stale: true });
  expect(scene.connection.getChannel('instant')).toMatchObject({ stale: true, goodAt: undefined });
  socket.frame(2);
  const good = Date.now();
  expect(scene.connection.getChannel('instant')).toMatchObject({ stale: false, goodAt: good });
  for (let beat = 1; beat <= 2; beat += 1) {
    vi.advanceTimersByTime(BEAT_MS);
    socket.heartbeat(2, { stale: true });
    expect(scene.connection.getChannel('instant')).toMatchObject({ stale: true, goodAt: good });
  }
  socket.heartbeat(2);
  expect(scene.connection.getChannel('instant')).toMatchObject({ stale: false, goodAt: Date.now() });
});

test('a channel that brings nothing is stale since it was last heard, however much the others bring', () => {
  scene.connection.subscribe('instant');
  scene.connection.subscribe('alerts');
  const socket = scene.opened();
  const since = Date.now();
  socket.frame(1);
  for (let beat = 1; beat <= 3; beat += 1) {
    vi.advanceTimersByTime(BEAT_MS);
    socket.heartbeat(beat, { channel: 'alerts' });
    expect(scene.connection.getChannel('instant')).toMatchObject({ stale: beat === 3, goodAt: since });
  }
  expect(scene.connection.getChannel('alerts').stale).toBe(false);
  socket.heartbeat(1);
  expect(scene.connection.getChannel('instant')).toMatchObject({ stale: false, heardAt: Date.now() });
});

test('the silence of a channel counts from when it was subscribed, and only while somebody wants it', () => {
  scene.connection.subscribe('alerts');
  const socket = scene.opened();
  const beats = (count: number) => {
    for (let beat = 1; beat <= count; beat += 1) {
      vi.advanceTimersByTime(BEAT_MS);
      socket.heartbeat(beat, { channel: 'alerts' });
    }
  };
  socket.frame(1);
  beats(5);
  expect(scene.connection.getChannel('instant').stale).toBe(false);
  scene.connection.subscribe('instant');
  beats(2);
  expect(scene.connection.getChannel('instant').stale).toBe(false);
  beats(1);
  expect(scene.connection.getChannel('instant')).toMatchObject({ stale: true });
});

test('a frame that is sent again to whoever subscribes again does not end the silence', () => {
  const leave = scene.connection.subscribe('instant');
  scene.connection.subscribe('alerts');
  const socket = scene.opened();
  socket.frame(1);
  for (let beat = 1; beat <= 3; beat += 1) {
    vi.advanceTimersByTime(BEAT_MS);
    socket.heartbeat(beat, { channel: 'alerts' });
  }
  const silent = scene.connection.getChannel('instant');
  leave();
  scene.connection.subscribe('instant');
  socket.frame(1);
  expect(scene.connection.getChannel('instant')).toEqual(silent);
  socket.frame(2);
  expect(scene.connection.getChannel('instant').stale).toBe(false);
});

test('a frame that is sent again is no newer than what a heartbeat has said of it since', () => {
  const leave = scene.connection.subscribe('instant');
  const socket = scene.opened();
  socket.frame(1);
  vi.advanceTimersByTime(BEAT_MS);
  socket.heartbeat(1, { stale: true });
  const before = scene.connection.getChannel('instant');
  leave();
  scene.connection.subscribe('instant');
  socket.frame(1);
  expect(scene.connection.getChannel('instant')).toEqual(before);
});

test('a frame of another life of the gateway is taken, whatever its number', () => {
  scene.connection.subscribe('instant');
  scene.opened().frame(5);
  scene.latest().end(1001);
  vi.advanceTimersByTime(500);
  scene.latest().greet('two');
  scene.latest().heartbeat(5);
  expect(scene.connection.getChannel('instant').frame).toMatchObject({ timestamp: '2026-01-01T00:00:00.000Z' });
  scene.latest().frame(2);
  expect(scene.connection.getChannel('instant').frame).toMatchObject({ seq: 2 });
});

test.each([
  ['sends the latest again', 'frame'],
  ['says that the latest is what came before', 'heartbeat'],
] as const)('beats that are missing after the gateway %s are counted', (_, again) => {
  const leave = scene.connection.subscribe('instant');
  const socket = scene.opened();
  socket.frame(5);
  leave();
  scene.connection.subscribe('instant');
  socket[again](5);
  socket.frame(9);
  expect(scene.connection.getCounts().missed).toBe(3);
});

test('a channel that was taken for silent is not, once it is known that beats take longer', () => {
  scene.connection.subscribe('instant');
  const socket = scene.opened();
  socket.frame(1);
  vi.advanceTimersByTime(3 * BEAT_MS);
  expect(scene.connection.getChannel('instant').stale).toBe(true);
  const listener = vi.fn();
  scene.connection.listen(listener);
  scene.connection.expectEvery(4 * BEAT_MS);
  expect(scene.connection.getChannel('instant')).toMatchObject({ stale: false });
  expect(listener).toHaveBeenCalled();
});

test('what the gateway has called stale, or has been silent for longer than that, stays stale', () => {
  scene.connection.subscribe('instant');
  scene.connection.subscribe('alerts');
  const socket = scene.opened();
  socket.frame(1, { stale: true });
  vi.advanceTimersByTime(3 * BEAT_MS);
  scene.connection.expectEvery(1.1 * BEAT_MS);
  for (const channel of ['instant', 'alerts'] as const) expect(scene.connection.getChannel(channel).stale).toBe(true);
  scene.connection.expectEvery(4 * BEAT_MS);
  expect(scene.connection.getChannel('instant').stale).toBe(true);
  expect(scene.connection.getChannel('alerts').stale).toBe(false);
});

test('of what is wanted, what has been stale for longest is the worst', () => {
  const leave = scene.connection.subscribe('instant');
  scene.connection.subscribe('alerts');
  const socket = scene.opened();
  socket.frame(1);
  const first = Date.now();
  vi.advanceTimersByTime(BEAT_MS);
  socket.heartbeat(1, { channel: 'alerts' });
  const second = Date.now();
  expect(scene.connection.getWorst()).toBeUndefined();
  socket.heartbeat(1, { channel: 'alerts', stale: true });
  socket.heartbeat(1, { stale: true });
  expect(scene.connection.getWorst()?.goodAt).toBe(first);
  leave();
  expect(scene.connection.getWorst()?.goodAt).toBe(second);
  socket.heartbeat(1, { channel: 'alerts' });
  expect(scene.connection.getWorst()).toBeUndefined();
});

test('the last frame stays when the connection ends', () => {
  scene.opened().frame(5);
  scene.latest().end(1006);
  expect(scene.connection.getChannel('instant').frame?.data).toEqual({ seq: 5 });
});
