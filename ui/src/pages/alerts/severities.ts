// The severities of alerts: their weight, and their tone, as the gateway's setting has them.

import type { Tone } from '../../components/Badge';

const TONES: readonly Tone[] = ['critical', 'warning', 'info', 'quiet'];

/** What stands last, below severities that nobody has named. */
const NONE = 'none';

/** Until the gateway has sent its own. */
const USUAL = ['critical', 'warning', 'info', NONE].map((name) => ({ name, tone: name }));

export class Severities {
  private readonly tones: ReadonlyMap<string, Tone>;
  private readonly weights: ReadonlyMap<string, number>;

  constructor(sent: readonly { name: string; tone: string }[] = []) {
    const known = sent.length > 0 ? sent : USUAL;
    this.tones = new Map(known.map(({ name, tone }) => [name, TONES.find((one) => one === tone) ?? 'quiet']));
    const named = known.map(({ name }) => name).filter((name) => name !== NONE);
    this.weights = new Map([...named.map((name, index) => [name, index] as const), [NONE, Infinity]]);
  }

  /** One that the setting does not name may well be grave. */
  tone(name: string): Tone {
    return this.tones.get(name) ?? (name === '' ? 'info' : 'warning');
  }

  readonly compare = (a: string, b: string): number => {
    const weight = (name: string) => this.weights.get(name) ?? Number.MAX_SAFE_INTEGER;
    const [left, right] = [weight(a), weight(b)];
    return left === right ? compare(a, b) : left < right ? -1 : 1;
  };
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
