// What the pages are for: somebody triggers an alert and sees it arrive.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { expectSound, live, open, withBrowser } from './support/browser';
import { calm } from './support/rehearsal';
import { lab } from './support/servers';

withBrowser();

beforeAll(calm);
afterAll(calm);

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
