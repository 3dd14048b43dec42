// The connection does not lie: what is gone is said to be gone, and heals.

import { afterEach, expect, test } from 'vitest';

import { connectionBadge, live, open, withBrowser } from './support/browser';
import { Cable, Gateway, lab } from './support/servers';

withBrowser();

const running: { gateway?: Gateway; cable?: Cable } = {};

afterEach(async () => {
  await running.gateway?.kill();
  running.cable?.close();
});

test('a gateway that is killed is missed, and found again when it is back', async () => {
  const gateway = (running.gateway = await Gateway.start(lab('PROMETHEUS_URL')));
  const { page, close } = await open(gateway.url);
  await live(page);
  // One of each channel: each comes on its own.
  for (const name of ['TSDB series', 'Disk in use', 'Memory']) {
    await page.getByRole('heading', { level: 2, name, exact: true }).waitFor();
  }
  const tiles = await page.getByRole('heading', { level: 2 }).count();

  await gateway.kill();
  await page.locator('[data-connection="waiting"]').waitFor();
  expect(await connectionBadge(page).textContent()).toMatch(/Reconnecting/);
  await page.getByRole('alert').filter({ hasText: 'these are the last values' }).waitFor();
  expect(await page.getByRole('heading', { level: 2 }).count()).toBe(tiles);

  const settings = page.waitForRequest('**/api/ui/settings');
  await gateway.start();
  await live(page);
  await page.getByText('these are the last values').waitFor({ state: 'detached' });
  await settings;
  await close();
});

test('a page whose file is gone says that there is a new version, and what to do', async () => {
  const { page, close } = await open('about:blank');
  await page.route('**/assets/SystemPage*', (route) => route.fulfill({ status: 404 }));
  await page.goto(lab('GATEWAY_URL'));
  await page.getByRole('link', { name: 'System' }).click();
  await page.getByText('has a new version of the pages').waitFor();
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.getByRole('heading', { level: 1, name: 'System' }).waitFor();
  await close();
});

test('a simulator that is gone is told of once, however often it is tried again', async () => {
  const { page, close } = await open(lab('GATEWAY_URL'));
  for (const path of ['**/api/alerts', '**/api/scenarios', '**/health']) await page.route(path, (route) => route.abort());
  await page.getByRole('link', { name: 'Rehearse' }).click();
  const told = page.getByRole('alert').filter({ hasText: 'The simulator does not answer' });
  const first = await told.elementHandle();
  for (let tries = 1; tries <= 2; tries += 1) await page.waitForRequest('**/api/alerts');
  expect(await first.evaluate((it) => it.isConnected)).toBe(true);
  await page.unrouteAll();
  await told.waitFor({ state: 'detached' });
  await close();
});

test('while Prometheus does not answer the page says since when, and keeps what it had', async () => {
  const cable = (running.cable = await Cable.to(lab('PROMETHEUS_URL')));
  const gateway = (running.gateway = await Gateway.start(cable.url));
  const { page, faults, close } = await open(gateway.url);
  await live(page);
  const charts = page.getByRole('slider');
  await charts.first().waitFor();
  const drawn = await charts.count();

  cable.cut();
  await connectionBadge(page).filter({ hasText: 'Stale since' }).waitFor();
  await page.getByText('these are the last values').first().waitFor();
  await page.getByText(/^Query failed/).first().waitFor();
  expect(await charts.count()).toBe(drawn);
  await expect.poll(() => page.locator('main section:not([data-stale])').count()).toBe(0);
  expect(await page.getByText('No series.').count()).toBe(0);
  await page.getByText(/^No new values since/).waitFor();
  await page.getByText(/^No new points for the charts since/).waitFor();

  await page.getByRole('link', { name: 'System' }).click();
  const says = async (what: string) => {
    for (const channel of ['instant', 'range', 'metrics', 'alerts']) {
      await page.getByRole('row').filter({ has: page.getByText(channel, { exact: true }) }).getByText(what).waitFor();
    }
  };
  await says('Stale since');
  // Beats go on without anything new: that is no update.
  const updates = () => page.getByRole('table', { name: 'Channels' }).locator('time').evaluateAll((all) => all.map((one) => one.getAttribute('datetime')));
  const [before, beats] = [await updates(), page.getByText('Received', { exact: true }).locator('..')];
  const counted = await beats.textContent();
  await expect.poll(() => beats.textContent()).not.toBe(counted);
  expect(await updates()).toEqual(before);

  cable.mend();
  await connectionBadge(page).filter({ hasText: 'Live' }).waitFor();
  await says('Fresh');
  expect(faults).toEqual([]);
  await close();
});
