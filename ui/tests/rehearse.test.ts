// What the pages are for: somebody triggers an alert and sees it arrive.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { expectSound, live, open, withBrowser } from './support/browser';
import { rewriteFrames } from './support/frames';
import { calm } from './support/rehearsal';
import { lab } from './support/servers';

withBrowser();

beforeAll(calm);
afterAll(calm);

test('a search leaves rows, is in the address, and is there after a reload', async () => {
  const { page, close } = await open(`${lab('GATEWAY_URL')}/#/rehearse`);
  await page.getByRole('searchbox', { name: 'Search' }).fill('queuebacklog warn');
  const triggers = page.getByRole('button', { name: /^Trigger / });
  await expect.poll(() => triggers.count()).toBe(1);
  await expect.poll(() => page.evaluate(() => location.hash)).toBe('#/rehearse?text=queuebacklog+warn');
  await page.reload();
  await page.getByRole('button', { name: 'Trigger QueueBacklogHigh' }).waitFor();
  expect(await triggers.count()).toBe(1);
  await expectSound(page);
  await close();
});

test('everything is reset only when somebody has said yes to that', async () => {
  const { page, close } = await open(`${lab('GATEWAY_URL')}/#/rehearse`);
  await page.getByRole('button', { name: 'Trigger DiskFull' }).click();
  const recover = page.getByRole('button', { name: 'Recover DiskFull' });
  await expect.poll(() => recover.getAttribute('aria-disabled')).not.toBe('true');
  const focused = (name: string) => expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe(name);
  await page.getByRole('button', { name: 'Reset all' }).press('Enter');
  await focused('Yes, reset');
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await focused('Reset all');
  expect(await recover.getAttribute('aria-disabled')).not.toBe('true');
  await page.getByRole('button', { name: 'Reset all' }).press('Enter');
  await page.getByRole('button', { name: 'Yes, reset' }).press('Enter');
  await expect.poll(() => recover.getAttribute('aria-disabled')).toBe('true');
  await close();
});

test('a simulator without scenarios has no place for them, and what fires for another series is told', async () => {
  const { page, close } = await open('about:blank');
  await page.route('**/api/scenarios', (route) => route.fulfill({ json: { data: [] }, headers: { 'access-control-allow-origin': '*' } }));
  const labels = { alertname: 'DiskFull', device: 'sdz', mountpoint: '/data' };
  const alert = { labels, annotations: {}, state: 'firing', activeAt: '2026-07-01T08:00:00Z', value: '99' };
  await rewriteFrames(page, 'alerts', () => ({ alerts: [alert] }));
  await page.goto(`${lab('GATEWAY_URL')}/#/rehearse`);
  const row = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: 'Trigger DiskFull' }) });
  await row.getByText('fires for another series').waitFor();
  expect(await page.getByText('Scenarios').count()).toBe(0);
  await close();
});

test('an alert that is silenced in Alertmanager is not said to have arrived', async () => {
  const silences = `${lab('ALERTMANAGER_URL')}/api/v2/silences`;
  const answer = await fetch(silences, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      matchers: [{ name: 'alertname', value: 'ServiceDown', isRegex: false, isEqual: true }],
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 3_600_000).toISOString(),
      createdBy: 'a test',
      comment: 'hush',
    }),
  });
  const { silenceID } = (await answer.json()) as { silenceID: string };
  const { page, close } = await open(`${lab('GATEWAY_URL')}/#/rehearse`);
  await page.getByRole('button', { name: 'Trigger ServiceDown' }).click();
  await page.getByText(`(${silenceID}). It fires until you recover it, and nobody is notified.`).waitFor();
  expect(await page.getByText('It has arrived.').count()).toBe(0);
  await expectSound(page);
  await page.getByRole('button', { name: 'Recover ServiceDown' }).click();
  await fetch(`${silences.slice(0, -1)}/${silenceID}`, { method: 'DELETE' });
  await close();
});

test('an alert that is triggered on Rehearse arrives on Alerts, and goes when it is recovered', async () => {
  const { page, faults, close } = await open(`${lab('GATEWAY_URL')}/#/rehearse`);
  await live(page);
  const pages = page.getByRole('navigation');
  await page.getByRole('button', { name: 'Trigger HighCPUUsage' }).click();

  await pages.getByRole('link', { name: /^Alerts/ }).click();
  const firing = page.getByRole('region', { name: /^Firing/ }).getByRole('listitem');
  const arrived = firing.filter({ has: page.getByText('HighCPUUsage', { exact: true }) });
  await arrived.waitFor();

  await pages.getByRole('link', { name: 'Rehearse' }).click();
  const row = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: 'Recover HighCPUUsage' }) });
  await row.getByText('It has arrived. It fires until you recover it.').waitFor();
  await expectSound(page);
  await page.getByRole('button', { name: 'Recover HighCPUUsage' }).click();
  await pages.getByRole('link', { name: /^Alerts/ }).click();
  await arrived.waitFor({ state: 'detached' });
  await page.getByText('HighCPUUsage', { exact: true }).waitFor(); // among those resolved lately
  await expectSound(page);
  expect(faults).toEqual([]);
  await close();
});
