// What the pages are for: somebody triggers an alert and sees it arrive.

import { expect, test } from 'vitest';

import { live, open, withBrowser } from './support/browser';
import { lab } from './support/servers';

withBrowser();

test('an alert that is triggered on Rehearse arrives on Alerts, and goes when it is recovered', async () => {
  const { page, faults, close } = await open(`${lab('GATEWAY_URL')}/#/rehearse`);
  await live(page);
  const row = () => page.locator('[data-alert="HighCPUUsage"]').first();
  await row().getByRole('button', { name: /Trigger/ }).click();

  await page.getByRole('link', { name: /^Alerts/ }).first().click();
  const arrived = page.locator('[data-alert="HighCPUUsage"][data-state="firing"]');
  await arrived.waitFor();

  await page.getByRole('link', { name: 'Rehearse' }).first().click();
  await row().getByRole('button', { name: /Recover/ }).click();
  await page.getByRole('link', { name: /^Alerts/ }).first().click();
  await arrived.waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
  await close();
});
