// Every page, in both themes and at two widths: nothing on the console, nothing against the CSP, nothing that axe-core
// calls moderate, nothing that sticks out. With SCREENSHOTS=1 the pictures in `screenshots/` are made anew.

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { expectSound, live, open, withBrowser } from './support/browser';
import { PATIENCE_MS } from './support/patience';
import { control, firing } from './support/rehearsal';
import { lab } from './support/servers';

withBrowser();

const TRIGGERED = ['HighCPUUsage', 'DiskFull', 'QueueBacklogHigh'];

beforeAll(async () => {
  for (const name of TRIGGERED) await control(`/api/alerts/${name}/trigger`);
  const arrived = async () => {
    expect(await firing()).toEqual(expect.arrayContaining(TRIGGERED));
  };
  await vi.waitFor(arrived, { timeout: PATIENCE_MS, interval: 500 });
});

afterAll(async () => {
  await control('/api/reset');
});

/** Each page, and what is there once it has its data. */
const PAGES: Record<string, (page: Page) => Locator> = {
  '': (page) => page.getByRole('slider'),
  incidents: (page) => page.getByText('Too many series in the head block'),
  alerts: (page) => page.getByText('HighCPUUsage', { exact: true }),
  rehearse: (page) => page.getByRole('button', { name: 'Recover HighCPUUsage' }),
  system: (page) => page.getByText('Ready: everything works.'),
};
const WIDTHS = { wide: 1280, narrow: 360 };
/** Some beats, so that there is something to see. */
const BEATS_MS = 8_000;
const FOLDER = fileURLToPath(new URL('../screenshots', import.meta.url));

for (const [name, shows] of Object.entries(PAGES)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [width, pixels] of Object.entries(WIDTHS)) {
      test(`${name === '' ? 'live' : name}, ${colorScheme}, ${width}`, async () => {
        const { page, faults, close } = await open(`${lab('GATEWAY_URL')}/#/${name}`, {
          colorScheme,
          viewport: { width: pixels, height: 900 },
        });
        await live(page);
        await shows(page).first().waitFor();
        if (process.env.SCREENSHOTS) {
          mkdirSync(FOLDER, { recursive: true });
          await page.waitForTimeout(BEATS_MS);
          await page.screenshot({ path: `${FOLDER}/${name || 'live'}-${colorScheme}-${width}.png`, fullPage: true });
        }
        await expectSound(page);
        expect(faults).toEqual([]);
        await close();
      });
    }
  }
}

test('pages do not wait for the settings of the gateway; the one that needs them says so, and asks again', async () => {
  const { page, close } = await open('about:blank');
  await page.route('**/api/ui/settings', () => {
    // no answer
  });
  await page.goto(lab('GATEWAY_URL'));
  await live(page);
  await page.getByRole('slider').first().waitFor();
  await page.getByRole('link', { name: 'Rehearse' }).click();
  await page.getByText('The gateway does not answer, and only it knows').waitFor();
  await page.unroute('**/api/ui/settings');
  await page.getByRole('button', { name: 'Try again' }).press('Enter');
  await page.getByRole('heading', { name: 'Rehearse' }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('content');
  await page.getByRole('button', { name: 'Recover HighCPUUsage' }).waitFor();
  await close();
});

test('what a backwards period keeps from being asked is not said to be loading', async () => {
  const period = 'within=own&from=2026-07-02T00:00:00Z&to=2026-07-01T00:00:00Z';
  const { page, close } = await open(`${lab('GATEWAY_URL')}/?${period}#/incidents`);
  await page.getByText('This period ends before it begins.').waitFor();
  await page.getByRole('button', { name: 'Show the incidents of' }).first().waitFor();
  expect(await page.getByText('Loading…').count()).toBe(0);
  await close();
});

test('French is spoken when it is chosen, and remembered', async () => {
  const { page, faults, close } = await open(lab('GATEWAY_URL'));
  await live(page);
  await page.getByLabel('Language').selectOption('Français');
  await page.getByRole('link', { name: 'Alertes' }).waitFor();
  await page.reload();
  await page.getByRole('link', { name: 'Alertes' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('fr');
  expect(faults).toEqual([]);
  await close();
});

test('a browser that prefers French is spoken to in French', async () => {
  const { page, close } = await open(lab('GATEWAY_URL'), { locale: 'fr-CA' });
  await page.getByRole('link', { name: 'Alertes' }).waitFor();
  await close();
});

test('all of the header is in sight on a narrow screen, on two lines, in French and without a connection too', async () => {
  const { page, close } = await open('about:blank', { locale: 'fr' });
  await page.routeWebSocket('**/ws/alerts', (socket) => socket.close({ code: 1001 }));
  await page.goto(lab('GATEWAY_URL'));
  await page.getByText('La passerelle ne répond pas.').waitFor();
  const header = page.getByRole('banner');
  const badge = header.locator('[data-connection="waiting"]');
  for (const width of [320, WIDTHS.narrow]) {
    await page.setViewportSize({ width, height: 900 });
    await badge.getByText(/^Reconnexion dans/).waitFor();
    const parts = await header.locator('a, [data-connection], select').evaluateAll((all) =>
      all.map((part) => part.getBoundingClientRect()).map(({ top, bottom, right }) => ({ top, bottom, right })),
    );
    expect(parts.length).toBeGreaterThanOrEqual(8);
    expect(Math.max(...parts.map(({ right }) => right))).toBeLessThanOrEqual(width);
    const above = new Set(parts.map(({ top }) => parts.filter(({ bottom }) => bottom <= top).length));
    expect(above).toEqual(new Set([0, 3])); // the tools, and the pages below them
    expect((await header.boundingBox())?.height).toBeLessThanOrEqual(96);
  }
  await close();
});
