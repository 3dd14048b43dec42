// How the connection is kept, against all that gateways and networks do.

import { expect, test, vi } from 'vitest';

import { BEAT_MS, setScene } from './fake_gateway';

const LONGEST_WAIT_MS = 30_000;

const scene = setScene();

test('it is open when the gateway has greeted, not before', () => {
  scene.connection.start();
  expect(scene.latest().url).toBe('ws://gateway/ws/alerts');
  scene.latest().readyState = WebSocket.OPEN;
  expect(scene.connection.getState().is).toBe('connecting');
  scene.latest().greet('first');
  expect(scene.connection.getState()).toMatchObject({ is: 'open', epoch: 'first' });
});

test.each([1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 1015, 4408, 4409])(
  'it reconnects after close code %i',
  (code) => {
    scene.opened().end(code);
    expect(scene.connection.getState()).toMatchObject({ is: 'waiting', reason: String(code) });
    vi.advanceTimersByTime(500);
    expect(scene.sockets).toHaveLength(2);
    scene.latest().greet();
    expect(scene.connection.getState().is).toBe('open');
  },
);

test('the reason of a close is shown', () => {
  scene.opened().end(4408, 'not reading');
  expect(scene.connection.getState()).toMatchObject({ reason: '4408 not reading' });
});

test('a constructor that throws is a failure like any other', () => {
  scene.refusal = new Error('blocked');
  scene.connection.start();
  expect(scene.connection.getState()).toMatchObject({ is: 'waiting', reason: 'Error: blocked' });
  vi.advanceTimersByTime(500);
  expect(scene.connection.getState()).toMatchObject({ is: 'waiting' });
  scene.refusal = undefined;
  vi.advanceTimersByTime(1000);
  scene.latest().greet();
  expect(scene.connection.getState().is).toBe('open');
});

test('it waits longer after each failure, and is quick again once it was open', () => {
  scene.connection.start();
  const waits = [1, 2, 3].map(() => {
    scene.latest().end(1006);
    const state = scene.connection.getState();
    const wait = state.is === 'waiting' ? state.retryAt - Date.now() : NaN;
    vi.advanceTimersByTime(wait);
    return wait;
  });
  expect(waits).toEqual([500, 1000, 2000]);
  scene.latest().greet();
  scene.latest().end(1001);
  expect(scene.connection.getState()).toMatchObject({ retryAt: Date.now() + 500 });
});

test('it tells since when nothing has been heard, however often it is tried', () => {
  scene.opened();
  const lost = Date.now();
  vi.advanceTimersByTime(5_000);
  for (let failures = 1; failures <= 5; failures += 1) {
    scene.latest().end(1006);
    expect(scene.connection.getState()).toMatchObject({ is: 'waiting', since: lost });
    const state = scene.connection.getState();
    vi.advanceTimersByTime(state.is === 'waiting' ? state.retryAt - Date.now() : NaN);
    expect(scene.connection.getState()).toMatchObject({ is: 'connecting', since: lost });
  }
  scene.latest().greet();
  expect(scene.connection.getState()).toMatchObject({ is: 'open', since: Date.now() });
});

test('it never gives up', () => {
  scene.connection.start();
  for (let failures = 1; failures <= 200; failures += 1) {
    scene.latest().end(1006);
    const state = scene.connection.getState();
    vi.advanceTimersByTime(state.is === 'waiting' ? state.retryAt - Date.now() : NaN);
    expect(scene.sockets).toHaveLength(failures + 1);
  }
});

test('there is at most one socket at a time, whatever happens', () => {
  scene.connection.start();
  const events = [
    () => {
      scene.latest().greet();
    },
    () => {
      scene.latest().end(1006);
    },
    () => window.dispatchEvent(new Event('online')),
    () => scene.page.dispatchEvent(new Event('visibilitychange')),
    () => vi.advanceTimersByTime(700),
    () => vi.advanceTimersByTime(11_000),
    () => vi.advanceTimersByTime(45_000),
  ];
  let random = 1;
  for (let step = 0; step < 500; step += 1) {
    random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
    events[Math.floor((random / 2 ** 31) * events.length)]?.();
    expect(scene.alive().length).toBeLessThanOrEqual(1);
  }
  expect(scene.sockets.length).toBeGreaterThan(10);
});

test('a connection that is never established is given up after ten seconds', () => {
  scene.connection.start();
  vi.advanceTimersByTime(10_000);
  expect(scene.connection.getState().is).toBe('connecting');
  vi.advanceTimersByTime(1_000);
  expect(scene.connection.getState()).toMatchObject({ is: 'waiting', reason: 'no answer' });
  expect(scene.alive()).toHaveLength(0);
});

test('a silent gateway is asked whether it is there, and dropped when it says nothing', () => {
  const socket = scene.opened();
  vi.advanceTimersByTime(25_000);
  expect(socket.sent).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(socket.sent).toEqual([{ type: 'ping' }]);
  vi.advanceTimersByTime(5_000);
  expect(scene.connection.getState().is).toBe('open');
  vi.advanceTimersByTime(1_000);
  expect(scene.connection.getState()).toMatchObject({ is: 'waiting', reason: 'no answer' });
  vi.advanceTimersByTime(500);
  expect(scene.sockets).toHaveLength(2);
});

test('a silent gateway that answers is kept', () => {
  const socket = scene.opened();
  vi.advanceTimersByTime(27_000);
  socket.say({ type: 'ack', requestType: 'ping' });
  vi.advanceTimersByTime(20_000);
  expect(scene.connection.getState().is).toBe('open');
  expect(scene.sockets).toHaveLength(1);
});

test('a gateway that sends on its beat is never asked', () => {
  const socket = scene.opened();
  for (let seq = 1; seq <= 20; seq += 1) {
    vi.advanceTimersByTime(BEAT_MS);
    socket.frame(seq);
  }
  expect(socket.sent).toEqual([]);
});

test('a gateway that has said that it polls slower is not asked before', () => {
  const socket = scene.opened();
  scene.connection.expectEvery(4 * BEAT_MS);
  vi.advanceTimersByTime(100_000);
  expect(socket.sent).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(socket.sent).toEqual([{ type: 'ping' }]);
});

test('when the network is back, it does not wait for its next try', () => {
  scene.opened().end(1006);
  window.dispatchEvent(new Event('online'));
  expect(scene.sockets).toHaveLength(2);
  vi.advanceTimersByTime(LONGEST_WAIT_MS - 25_000);
  expect(scene.sockets).toHaveLength(2);
});

test('when the page is looked at again, it tries at once, or asks; while it is hidden, it does neither', () => {
  const socket = scene.opened();
  scene.page.visibilityState = 'hidden';
  scene.page.dispatchEvent(new Event('visibilitychange'));
  expect(socket.sent).toEqual([]);
  scene.page.visibilityState = 'visible';
  scene.page.dispatchEvent(new Event('visibilitychange'));
  scene.page.dispatchEvent(new Event('visibilitychange'));
  expect(socket.sent).toEqual([{ type: 'ping' }]);
  socket.end(1006);
  scene.page.dispatchEvent(new Event('visibilitychange'));
  expect(scene.sockets).toHaveLength(2);
});

test('what was begun without a network is begun anew when the network is back', () => {
  scene.connection.start();
  window.dispatchEvent(new Event('online'));
  expect(scene.sockets).toHaveLength(2);
  expect(scene.alive()).toHaveLength(1);
  scene.latest().greet();
  expect(scene.connection.getState().is).toBe('open');
});

test('nothing is left running once it is stopped', () => {
  scene.opened();
  scene.connection.stop();
  expect(scene.alive()).toHaveLength(0);
  expect(vi.getTimerCount()).toBe(0);
  window.dispatchEvent(new Event('online'));
  scene.page.dispatchEvent(new Event('visibilitychange'));
  expect(scene.sockets).toHaveLength(1);
});

test('it may be started again after it was stopped', () => {
  scene.opened().end(1006);
  scene.connection.stop();
  scene.connection.start();
  scene.latest().greet();
  expect(scene.connection.getState().is).toBe('open');
  expect(scene.alive()).toHaveLength(1);
});

test('bytes are counted as they came, in UTF-8', () => {
  const socket = scene.opened();
  const before = scene.connection.getCounts().bytes;
  socket.say('{"a":1}');
  socket.say('{"é":"€😀"}');
  expect(scene.connection.getCounts().bytes - before).toBe(7 + 16);
});

test('what is not understood is passed over', () => {
  const socket = scene.opened();
  for (const text of ['', 'no JSON', 'null', '[]', '7', '{"type":"toString"}', '{"type":"later"}']) socket.say(text);
  expect(scene.connection.getState().is).toBe('open');
  expect(scene.connection.getCounts()).toMatchObject({ frames: 0, heartbeats: 0 });
});

test('whoever listens hears of every change until he leaves, and finds another object then', () => {
  const listener = vi.fn();
  const leave = scene.connection.listen(listener);
  const socket = scene.opened();
  const [calls, before] = [listener.mock.calls.length, scene.connection.getCounts()];
  socket.frame(1);
  expect(listener.mock.calls.length).toBe(calls + 1);
  expect(scene.connection.getCounts()).not.toBe(before);
  leave();
  socket.frame(2);
  expect(listener.mock.calls.length).toBe(calls + 1);
});

test('what a frame costs is reported to the performance API', async () => {
  vi.useRealTimers();
  performance.clearMeasures();
  scene.opened().frame(1);
  scene.latest().heartbeat(1);
  await Promise.resolve();
  expect(performance.getEntriesByName('frame', 'measure')).toHaveLength(1);
});

