// What the gateway's settings have switched off is neither offered nor asked for, and its address says how to switch it on.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { en } from '../src/messages/en';
import { fr } from '../src/messages/fr';
import { expectSound, live, open, withBrowser } from './support/browser';
import { rewriteFrames } from './support/frames';
import { lab } from './support/servers';

withBrowser();

/** The gateway tells its pages `change` besides. */
async function settings(page: Page, change: object): Promise<void> {
  await page.route('**/api/ui/settings', async (route) => {
    const told = (await (await route.fetch()).json()) as object;
    await route.fulfill({ json: { ...told, ...change } });
  });
}

const OFF = { incidents: false, simulator_url: null };

test.each([
  ['in English', {}, en],
  ['in French, dark and narrow', { viewport: { width: 320, height: 800 }, locale: 'fr', colorScheme: 'dark' as const }, fr],
])('pages that are switched off, %s', async (_, options, texts) => {
  const { page, faults, close } = await open('about:blank', options);
  await settings(page, OFF);
  await rewriteFrames(page, 'alerts', () => ({ alerts: [] }));
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${lab('GATEWAY_URL')}/#/incidents`);
  await page.getByText(texts.app.off.incidents.why).waitFor();
  await page.getByText('enabled = true').waitFor();
  await live(page);
  const pages = page.getByRole('navigation').getByRole('link');
  expect(await pages.allTextContents()).toEqual([texts.app.live, texts.app.alerts, texts.app.system]);
  await expectSound(page);

  await page.goto(`${lab('GATEWAY_URL')}/#/rehearse`);
  await page.getByText(texts.app.off.rehearse.why).waitFor();
  await page.getByText('simulator_url = ').waitFor();
  await expectSound(page);

  await page.getByRole('link', { name: texts.app.alerts }).press('Enter');
  await page.getByText(texts.alerts.calm).waitFor();
  expect(await page.getByText(texts.alerts.rehearse).count()).toBe(0);
  await page.getByRole('link', { name: texts.app.system }).press('Enter');
  await page.getByText(texts.system.verdicts.ready).waitFor();
  const elsewhere = new URL(lab('SIMULATOR_URL')).host;
  expect(asked.filter((url) => url.includes('/incidents/') || url.includes(elsewhere))).toEqual([]);
  expect(faults).toEqual([]);
  await close();
});

test('a page that is switched on while it is looked at is there when the gateway is', async () => {
  const { page, close } = await open('about:blank');
  await settings(page, { incidents: false });
  await page.goto(`${lab('GATEWAY_URL')}/#/incidents`);
  await page.getByText(en.app.off.incidents.why).waitFor();
  await page.unroute('**/api/ui/settings');
  await page.reload();
  await page.getByText('Too many series in the head block').waitFor();
  await close();
});

test('readiness without a check of a database, and with one that nobody knows, is shown as it is', async () => {
  const { page, faults, close } = await open('about:blank');
  await page.route('**/-/ready', async (route) => {
    const told = (await (await route.fetch()).json()) as { checks: Record<string, unknown> };
    delete told.checks.database;
    const error = `nothing at ${'that/address/'.repeat(80)}`;
    await route.fulfill({ json: { ...told, status: 'degraded', checks: { ...told.checks, alerts: { ok: false, since: null, error } } } });
  });
  await page.goto(`${lab('GATEWAY_URL')}/#/system`);
  const check = page.getByRole('row').filter({ hasText: 'nothing at that/address/' });
  await check.locator('summary').press('Enter');
  await check.getByText(en.app.less).waitFor();
  expect(await page.getByRole('row').filter({ hasText: en.system.checks.database }).count()).toBe(0);
  await expectSound(page);
  expect(faults).toEqual([]);
  await close();
});
