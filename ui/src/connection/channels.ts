// What is known of the channels: who wants them, what came last, and whether that is still the latest.

import { CHANNELS, type Beat, type Channel, type Frame } from '../model/frame';

/** What is known of a channel. */
export interface ChannelState {
  /** The last one that came, from this connection or an earlier one. */
  frame?: Frame;
  /** When the last frame or heartbeat came, in milliseconds since 1970. */
  heardAt?: number;
  /** Whether Prometheus did not answer at the last beat, or no beat comes. */
  stale: boolean;
  /** When it last was not so; nothing if it was never heard of otherwise. */
  goodAt?: number | undefined;
}

interface Known {
  state: ChannelState;
  /** How many want it. */
  wanted: number;
  subscribedAt: number;
  /** The frame's number, if it is of this life of the gateway. */
  seq: number | undefined;
  /** Since that number beats may have passed that nobody had asked for. */
  gap: boolean;
  /** It is stale because no beat comes, not because the gateway says so. */
  silent: boolean;
}

export class Channels {
  private readonly known = Object.fromEntries(CHANNELS.map((channel) => [channel, unheard()])) as Record<Channel, Known>;
  private epoch: string | undefined;

  /** Whoever is silent for longer than `silentMs` is stale. */
  constructor(public silentMs: number) {}

  get(channel: Channel): ChannelState {
    return this.known[channel].state;
  }

  /** The channels that somebody wants. */
  wanted(): Channel[] {
    return CHANNELS.filter((channel) => this.known[channel].wanted > 0);
  }

  /** Says whether it is the first who wants it. */
  want(channel: Channel): boolean {
    this.known[channel].wanted += 1;
    return this.known[channel].wanted === 1;
  }

  /** Says whether it was the last who wanted it. */
  leave(channel: Channel): boolean {
    this.known[channel].wanted -= 1;
    return this.known[channel].wanted === 0;
  }

  /** It was asked for: its silence counts from now. */
  subscribed(channel: Channel, now: number): void {
    Object.assign(this.known[channel], { subscribedAt: now, gap: true });
  }

  /** In another life of the gateway, the numbers begin anew. */
  greeted(epoch: string): void {
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    for (const channel of CHANNELS) this.known[channel].seq = undefined;
  }

  /** A frame has come; says how many before it never did. */
  frame(channel: Channel, frame: Frame, now: number): number {
    const known = this.known[channel];
    const { seq, gap } = known;
    if (seq !== undefined && frame.seq <= seq) {
      // To whoever subscribes again, the latest is sent again: that tells nothing of the beats since.
      if (frame.seq === seq) known.gap = false;
      return 0;
    }
    known.seq = frame.seq;
    known.gap = false;
    this.update(known, frame, frame.stale, now);
    return seq === undefined || gap ? 0 : frame.seq - seq - 1;
  }

  /** The beat has brought what frame `seq` had already; if that one never came, what is here is as old as before. */
  heartbeat(channel: Channel, { seq, timestamp, stale }: Beat, now: number): void {
    const known = this.known[channel];
    const { frame } = known.state;
    const same = frame && seq === known.seq;
    if (same) known.gap = false;
    this.update(known, same ? { ...frame, timestamp, stale } : frame, stale, now);
  }

  /** A beat takes another time than was thought: not all that was marked as silent is. */
  allow(silentMs: number, now: number): void {
    this.silentMs = silentMs;
    for (const known of Object.values(this.known)) {
      if (!known.silent || now - lastSign(known) > silentMs) continue;
      known.silent = false;
      known.state = { ...known.state, stale: false };
    }
  }

  /** A channel may be silent while others are not: nothing new is known of it then. Says whether one has become so. */
  markSilent(now: number): boolean {
    let marked = false;
    for (const channel of this.wanted()) {
      const known = this.known[channel];
      if (known.state.stale || now - lastSign(known) <= this.silentMs) continue;
      known.silent = true;
      known.state = { ...known.state, stale: true };
      marked = true;
    }
    return marked;
  }

  /** Of what is wanted, the one that has been stale for longest; nothing if none is. */
  worst(): ChannelState | undefined {
    const stale = this.wanted().map((channel) => this.get(channel)).filter((state) => state.stale);
    return stale.sort((a, b) => (a.goodAt ?? 0) - (b.goodAt ?? 0))[0];
  }

  private update(known: Known, frame: Frame | undefined, stale: boolean, now: number): void {
    known.state = { ...(frame && { frame }), heardAt: now, stale, goodAt: stale ? known.state.goodAt : now };
    known.silent = false;
  }
}

/** Its silence counts from here. */
function lastSign({ subscribedAt, state }: Known): number {
  return Math.max(subscribedAt, state.heardAt ?? 0);
}

function unheard(): Known {
  return { state: { stale: false }, wanted: 0, subscribedAt: 0, seq: undefined, gap: false, silent: false };
}
