// The one WebSocket of the page: kept open, opened again after whatever ends it, and asked for what pages want to see.

import { parseMessage, type Channel } from '../model/frame';
import { measured } from '../model/timing';
import { backoff } from './backoff';
import { Channels, type ChannelState } from './channels';

/**
 * How the connection is; moments are milliseconds since 1970. `since` is since when it is open, or since when there is
 * none, however often it was tried since then.
 */
export type ConnectionState =
  /** `again`: it is not the first try. */
  | { is: 'connecting'; since: number; again: boolean }
  | { is: 'open'; since: number; epoch: string }
  /** `unopened`: the last try came to nothing, and nobody has said why. */
  | { is: 'waiting'; since: number; retryAt: number; reason: string; unopened: boolean };

/** What was counted since the page was opened. */
export interface Counts {
  frames: number;
  heartbeats: number;
  bytes: number;
  /** Beats that never arrived, by the gaps in their numbers. */
  missed: number;
  /** Connections that were opened. */
  connections: number;
}

/** Of the browser's, what a connection needs; a test has others. */
export interface Environment {
  open: (url: string) => WebSocket;
  random: () => number;
}

/** A connection that is not established within this is given up. */
const OPENING_MS = 10_000;
/** Beats without a word after which the gateway is asked whether it is still there, and after which a channel is stale. */
const SILENT_BEATS = 2.5;
/** How long it may take to answer that. */
const ANSWER_MS = 5_000;
/** How a connection ends that was refused before it was one, or was never answered. */
const SILENT_ENDS = ['1006', 'no answer'];
const CHECK_EVERY_MS = 1_000;
const BEYOND_ASCII = /[\u0080-\uffff]/;

const BROWSER: Environment = { open: (url) => new WebSocket(url), random: Math.random };

/** The page's connection to the gateway. It never gives up until `stop`. */
export class Connection {
  private readonly listeners = new Set<() => void>();
  private readonly channels: Channels;
  private state: ConnectionState = { is: 'connecting', since: Date.now(), again: false };
  private counts: Counts = { frames: 0, heartbeats: 0, bytes: 0, missed: 0, connections: 0 };
  private socket: WebSocket | undefined;
  private failures = 0;
  private beganAt = 0;
  private heardAt = 0;
  private askedAt: number | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setInterval> | undefined;

  /** `beatMs` is how often the gateway polls. */
  constructor(
    readonly url: string,
    beatMs: number,
    private readonly environment: Environment = BROWSER,
  ) {
    this.channels = new Channels(beatMs * SILENT_BEATS);
  }

  /** The gateway has sent how often it polls. */
  expectEvery(beatMs: number): void {
    this.channels.allow(beatMs * SILENT_BEATS, Date.now());
    this.tell();
  }

  start(): void {
    this.connect();
    this.watch = setInterval(this.look, CHECK_EVERY_MS);
    window.addEventListener('online', this.online);
    document.addEventListener('visibilitychange', this.hurry);
  }

  stop(): void {
    clearInterval(this.watch);
    clearTimeout(this.retry);
    window.removeEventListener('online', this.online);
    document.removeEventListener('visibilitychange', this.hurry);
    this.drop();
  }

  /** Calls `listener` after each change; returns how to stop that. */
  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): ConnectionState => this.state;
  readonly getCounts = (): Counts => this.counts;

  /** Of what is wanted, the channel that has been stale for longest; nothing if none is. */
  readonly getWorst = (): ChannelState | undefined => this.channels.worst();

  getChannel(channel: Channel): ChannelState {
    return this.channels.get(channel);
  }

  /** Wants a channel's frames until the returned function is called; several may want the same. */
  subscribe(channel: Channel): () => void {
    if (this.channels.want(channel)) this.say({ type: 'subscribe', channel });
    let done = false;
    return () => {
      if (done) return;
      done = true;
      if (this.channels.leave(channel)) this.say({ type: 'unsubscribe', channel });
    };
  }

  private connect(): void {
    clearTimeout(this.retry);
    this.drop();
    this.beganAt = Date.now();
    this.change({ is: 'connecting', since: this.goneSince(), again: this.failures > 0 || this.counts.connections > 0 });
    let socket: WebSocket;
    try {
      socket = this.environment.open(this.url);
    } catch (error) {
      this.fail(String(error));
      return;
    }
    this.socket = socket;
    socket.onmessage = ({ data }) => {
      this.receive(String(data));
    };
    socket.onclose = ({ code, reason }) => {
      this.fail(reason === '' ? String(code) : `${code} ${reason}`);
    };
  }

  /** Forgets the socket, if there is one; nothing that it still does is heard. */
  private drop(): void {
    const { socket } = this;
    this.socket = undefined;
    this.askedAt = undefined;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  private fail(reason: string): void {
    const since = this.goneSince();
    const unopened = this.state.is === 'connecting' && SILENT_ENDS.some((end) => reason.startsWith(end));
    this.drop();
    this.failures += 1;
    const wait = backoff(this.failures, this.environment.random);
    clearTimeout(this.retry);
    this.retry = setTimeout(() => {
      this.connect();
    }, wait);
    this.change({ is: 'waiting', since, retryAt: Date.now() + wait, reason, unopened });
  }

  private goneSince(): number {
    return this.state.is === 'open' ? this.heardAt : this.state.since;
  }

  private receive(text: string): void {
    const began = performance.now();
    const now = Date.now();
    this.heardAt = now;
    this.askedAt = undefined;
    const bytes = this.bytes(text);
    const message = parseMessage(text);
    this.counts = { ...this.counts, bytes: this.counts.bytes + bytes };
    switch (message.kind) {
      case 'connection':
        this.failures = 0;
        this.counts.connections += 1;
        this.greeted(message.epoch, now);
        break;
      case 'frame':
        this.counts.frames += 1;
        this.counts.missed += this.channels.frame(message.channel, message.frame, now);
        break;
      case 'heartbeat':
        this.counts.heartbeats += 1;
        this.channels.heartbeat(message.channel, message, now);
        break;
      case 'other':
        break;
    }
    this.tell();
    if (message.kind !== 'frame') return;
    // React draws in a microtask that `tell` has asked for: this one comes after it.
    queueMicrotask(() => {
      measured('frame', began, message.channel);
    });
  }

  /** How many there were on the way; megabytes of plain letters are not copied for it. */
  private bytes(text: string): number {
    return BEYOND_ASCII.test(text) ? new TextEncoder().encode(text).byteLength : text.length;
  }

  private greeted(epoch: string, now: number): void {
    this.state = { is: 'open', since: now, epoch };
    this.channels.greeted(epoch);
    for (const channel of this.channels.wanted()) this.say({ type: 'subscribe', channel });
  }

  private say(message: { type: string; channel?: Channel }): void {
    if (message.type === 'subscribe' && message.channel) this.channels.subscribed(message.channel, Date.now());
    if (this.state.is === 'open' && this.socket?.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify(message));
    }
  }

  /** A socket may be dead without a word: whoever is silent for too long is asked, and dropped without an answer. */
  private readonly look = (): void => {
    const now = Date.now();
    if (this.state.is === 'connecting' && now - this.beganAt > OPENING_MS) this.fail('no answer');
    if (this.state.is !== 'open') return;
    if (this.channels.markSilent(now)) this.tell();
    if (this.askedAt !== undefined && now - this.askedAt > ANSWER_MS) this.fail('no answer');
    else if (this.askedAt === undefined && now - this.heardAt > this.channels.silentMs) this.ask(now);
  };

  private ask(now: number): void {
    this.askedAt = now;
    this.say({ type: 'ping' });
  }

  /** The page is looked at again, or the network is back: whoever waits tries at once, whoever is open is asked. */
  private readonly hurry = (): void => {
    if (document.visibilityState === 'hidden') return;
    if (this.state.is === 'waiting') this.connect();
    else if (this.state.is === 'open' && this.askedAt === undefined) this.ask(Date.now());
  };

  /** What was begun without a network would be waited for in vain. */
  private readonly online = (): void => {
    if (this.state.is === 'connecting') this.connect();
    else this.hurry();
  };

  private change(state: ConnectionState): void {
    this.state = state;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
