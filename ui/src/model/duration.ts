// Durations as Prometheus and its rules write them.

const SECONDS_OF: Record<string, number> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** The seconds of a duration as Prometheus writes it, `1m30s`; `undefined` of anything else. */
export function promSeconds(text: string): number | undefined {
  if (!/^(\d+(ms|[smhdwy]))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+)(ms|[smhdwy])/g);
  return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (SECONDS_OF[unit ?? ''] ?? 0), 0);
}
