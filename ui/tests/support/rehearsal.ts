// Alerts, without a browser: triggered through the simulator, seen through the gateway.

import { expect, vi } from 'vitest';

import { readAlerts, type Alert } from '../../src/model/alert';
import { PATIENCE_MS } from './patience';
import { lab } from './servers';

/** Asks something of the simulator's control API. */
export async function control(path: string): Promise<void> {
  const answer = await fetch(`${lab('SIMULATOR_URL')}${path}`, { method: 'POST' });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

async function alerts(): Promise<Alert[]> {
  const answer = await fetch(`${lab('GATEWAY_URL')}/api/metrics/alerts`);
  const frame = (await answer.json()) as { data?: unknown };
  return readAlerts(frame.data);
}

/** The names of the alerts that fire. */
export async function firing(): Promise<string[]> {
  const some = (await alerts()).filter(({ state }) => state === 'firing');
  return some.map(({ labels }) => labels.alertname ?? '');
}

/** Everything is calm, whatever was triggered before. */
export async function calm(): Promise<void> {
  await control('/api/reset');
  const gone = async () => {
    expect(await alerts()).toEqual([]);
  };
  await vi.waitFor(gone, { timeout: PATIENCE_MS, interval: 500 });
}
