// What Alertmanager does with the alerts of a frame: `alertmanager`, beside its `data`.

import { list, members, text } from './json';

/** What becomes of one alert. */
export interface Handling {
  /** `active`, `suppressed` or `unprocessed`. */
  state: string;
  /** The ids of silences. */
  silencedBy: string[];
  /** The fingerprints of other alerts. */
  inhibitedBy: string[];
  /** The names of time intervals. */
  mutedBy: string[];
  /** RFC 3339: when the last of the silences ends; empty where there is none. */
  until: string;
}

/** By the alert's fingerprint; nothing where Alertmanager is not known. */
export type Handlings = ReadonlyMap<string, Handling>;

export function readHandlings(value: unknown): Handlings {
  const said = Object.entries(members(value)).map(([fingerprint, one]): [string, Handling] => {
    const { state, silencedBy, inhibitedBy, mutedBy, until } = members(one);
    const texts = (of: unknown) => list(of).map(text).filter((name) => name !== '');
    const by = { silencedBy: texts(silencedBy), inhibitedBy: texts(inhibitedBy), mutedBy: texts(mutedBy) };
    return [fingerprint, { state: text(state), ...by, until: text(until) }];
  });
  return new Map(said);
}

const SEPARATOR = 255;
/** The prime of FNV-1a is 2^40 and this. */
const PRIME_LOW = 0x1b3;
const HALF = 0x100000000;

/**
 * Alertmanager's fingerprint of labels: FNV-1a of 64 bits over names and values in the order of the names, a byte 255 after
 * each. The hash is kept in two halves, which numbers hold exactly, since there may be thousands of alerts.
 */
export function fingerprint(labels: Readonly<Record<string, string>>): string {
  const encoder = new TextEncoder();
  let [high, low] = [0xcbf29ce4, 0x84222325];
  const add = (byte: number) => {
    const mixed = (low ^ byte) >>> 0;
    const product = mixed * PRIME_LOW;
    high = (high * PRIME_LOW + Math.floor(product / HALF) + ((mixed << 8) >>> 0)) % HALF;
    low = product % HALF;
  };
  // By their bytes, as Go sorts.
  const names = Object.keys(labels).map((name) => [name, encoder.encode(name)] as const);
  names.sort(([, a], [, b]) => compare(a, b));
  for (const [name, bytes] of names) {
    for (const part of [bytes, encoder.encode(labels[name])]) {
      for (const byte of part) add(byte);
      add(SEPARATOR);
    }
  }
  return [high, low].map((half) => half.toString(16).padStart(8, '0')).join('');
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
}
