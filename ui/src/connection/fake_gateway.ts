// A browser and a gateway of which a test decides what they do.

import { afterEach, beforeEach, vi } from 'vitest';

import { Connection } from './connection';

export const BEAT_MS = 10_000;

/** Stands for the browser's: what is sent is kept, what the gateway does is called. */
export class FakeSocket {
  readyState: number = WebSocket.CONNECTING;
  readonly sent: unknown[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;

  constructor(readonly url: string) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = WebSocket.CLOSED;
  }

  /** The gateway accepts, and greets. */
  greet(epoch = 'one'): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.OPEN;
    this.say({ type: 'connection', epoch });
  }

  /** The gateway sends. */
  say(message: unknown): void {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }

  frame(seq: number, more: Record<string, unknown> = {}): void {
    const timestamp = '2026-01-01T00:00:00.000Z';
    this.say({ type: 'instant_metrics', timestamp, seq, stale: false, data: { seq }, ...more });
  }

  heartbeat(seq: number, more: Record<string, unknown> = {}): void {
    const timestamp = '2026-01-01T00:00:10.000Z';
    this.say({ type: 'heartbeat', channel: 'instant', timestamp, seq, stale: false, ...more });
  }

  /** The connection ends, whoever ended it. */
  end(code: number, reason = ''): void {
    this.readyState = WebSocket.CLOSED;
    this.onclose?.({ code, reason });
  }
}

/** What a test has at hand. */
export interface Scene {
  connection: Connection;
  sockets: FakeSocket[];
  page: EventTarget & { visibilityState: string };
  /** What opening a socket throws, if it does. */
  refusal: Error | undefined;
  /** The socket that was opened last. */
  latest: () => FakeSocket;
  /** The first one, greeted. */
  opened: () => FakeSocket;
  alive: () => FakeSocket[];
}

/** Sets the scene anew for each test of the file, with a clock that the test moves. */
export function setScene(): Scene {
  const scene = {} as Scene;
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z') });
    vi.stubGlobal('window', new EventTarget());
    scene.page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    vi.stubGlobal('document', scene.page);
    vi.stubGlobal('WebSocket', { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 });
    scene.sockets = [];
    scene.refusal = undefined;
    const open = (url: string) => {
      if (scene.refusal) throw scene.refusal;
      const socket = new FakeSocket(url);
      scene.sockets.push(socket);
      return socket as unknown as WebSocket;
    };
    scene.connection = new Connection('ws://gateway/ws/alerts', BEAT_MS, { open, random: () => 1 });
    scene.latest = () => {
      const socket = scene.sockets.at(-1);
      if (!socket) throw new Error('none was opened');
      return socket;
    };
    scene.opened = () => {
      scene.connection.start();
      scene.latest().greet();
      return scene.latest();
    };
    scene.alive = () => scene.sockets.filter(({ readyState }) => readyState !== WebSocket.CLOSED);
  });
  afterEach(() => {
    scene.connection.stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  return scene;
}
