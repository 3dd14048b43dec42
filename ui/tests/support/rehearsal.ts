// Alerts, without a browser: triggered through the simulator, seen through the gateway.

import { expect, vi } from 'vitest';

import { readAlerts } from '../../src/model/alert';
import { lab } from './servers';

/** Asks something of the simulator's control API. */
export async function control(path: string): Promise<void> {
  const answer = await fetch(`${lab('SIMULATOR_URL')}${path}`, { method: 'POST' });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

/** The names of the alerts that fire. */
export async function firing(): Promise<string[]> {
  const answer = await fetch(`${lab('GATEWAY_URL')}/api/metrics/alerts`);
  const frame = (await answer.json()) as { data?: unknown };
  const alerts = readAlerts(frame.data).filter(({ state }) => state === 'firing');
  return alerts.map(({ labels }) => labels.alertname ?? '');
}

/** Everything is calm, whatever was triggered before; `name` has gone. */
export async function calm(name: string): Promise<void> {
  await control('/api/reset');
  const gone = async () => {
    expect(await firing()).not.toContain(name);
  };
  await vi.waitFor(gone, { timeout: 60_000, interval: 500 });
}
