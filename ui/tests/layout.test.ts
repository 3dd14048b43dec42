// The pages hold what does not fit: names of any length, more alerts than anybody reads, a page that was scrolled.

import { expect, test } from 'vitest';

import { en } from '../src/messages/en';
import { fr } from '../src/messages/fr';
import { expectSound, live, open, withBrowser } from './support/browser';
import { rewriteFrames } from './support/frames';
import { lab } from './support/servers';

withBrowser();

const LONG = 'x'.repeat(60);
const NARROW = { viewport: { width: 360, height: 900 } };

function alert(labels: Record<string, string>) {
  const activeAt = '2026-07-01T08:00:00Z';
  return { labels, annotations: {}, state: 'firing', activeAt, value: '1e+00' };
}

test('an alert with the longest names fits a narrow screen, also while it is filtered by them', async () => {
  const { page, close } = await open('about:blank', NARROW);
  await rewriteFrames(page, 'alerts', () => ({ alerts: [alert({ alertname: LONG, severity: LONG, family: LONG, [LONG]: LONG })] }));
  await page.goto(`${lab('GATEWAY_URL')}/#/alerts`);
  await page.getByRole('region', { name: /^Firing/ }).waitFor();
  await expectSound(page);
  await page.getByRole('button', { name: /Severity/ }).click();
  await page.getByRole('option', { name: LONG }).click();
  await page.getByText('1 of 1 shown').first().waitFor();
  await expectSound(page);
  await close();
});

test('of more alerts than anybody reads the first are drawn, and the others when they are asked for', async () => {
  const { page, close } = await open('about:blank');
  const alerts = Array.from({ length: 250 }, (_, index) => alert({ alertname: 'A', instance: String(index) }));
  await rewriteFrames(page, 'alerts', () => ({ alerts }));
  await page.goto(`${lab('GATEWAY_URL')}/#/alerts`);
  const firing = page.getByRole('region', { name: /^Firing/ });
  await firing.getByRole('heading', { level: 3 }).first().waitFor();
  const rows = firing.getByRole('heading', { level: 4 });
  expect(await rows.count()).toBe(0);
  await firing.getByRole('button', { name: 'A 250' }).press('Enter');
  await expect.poll(() => rows.count()).toBe(200);
  await page.getByRole('button', { name: 'Show the others (50)' }).press('Enter');
  await expect.poll(() => rows.count()).toBe(250);
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('instance 200');
  await close();
});

test('queries with the longest names fit a narrow screen', async () => {
  const { page, close } = await open('about:blank', NARROW);
  await rewriteFrames(page, 'range_metrics', (data) => ({ [LONG]: Object.values(data as object)[0] as unknown }));
  await page.goto(lab('GATEWAY_URL'));
  await live(page);
  await page.getByRole('slider', { name: LONG }).waitFor();
  await expectSound(page);
  await close();
});

test('a page that a link leads to begins at its top, wherever the last one was scrolled to', async () => {
  const { page, close } = await open(lab('GATEWAY_URL'));
  await live(page);
  const come = async (name: string) => {
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
  };
  await come('Incidents');
  await page.getByRole('table', { name: 'Incidents' }).waitFor();
  await come('Live');
  await page.getByRole('slider').last().scrollIntoViewIfNeeded();
  const scrolled = () => page.evaluate(() => window.scrollY);
  const before = await scrolled();
  expect(before).toBeGreaterThan(0);
  await come('Incidents');
  expect(await scrolled()).toBe(0);
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Live' }).waitFor();
  await expect.poll(scrolled).toBe(before);
  await close();
});

/** From the narrowest phone to a wide screen; where layouts change, on both sides. */
const WIDTHS = [320, 360, 414, 480, 540, 600, 640, 690, 768, 820, 900, 1024, 1056, 1280, 1440, 1680, 1920];

/** The words in tables that stand on two lines, of those that any column has room for. */
function broken(): string[] {
  const range = document.createRange();
  return [...document.querySelectorAll('td, th')].flatMap((cell) => {
    const nodes = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
      for (const { 0: word, index } of (node.textContent ?? '').matchAll(/[\p{L}\d]{2,12}(?![\p{L}\d])/gu)) {
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) found.push(word);
      }
    }
    return found;
  });
}

test.each([['en', en], ['fr', fr]] as const)('at no width does anything stick out of any page (%s)', async (locale, texts) => {
  const { page, close } = await open('about:blank', { locale });
  const severities = ['critical', 'warning', 'none'];
  const alerts = severities.map((severity) => alert({ alertname: 'KubePodCrashLooping', severity, namespace: 'production', pod: 'payment-7d9c5b6f4-x2x8z' }));
  await rewriteFrames(page, 'alerts', () => ({ alerts }));
  await page.goto(lab('GATEWAY_URL'));
  await live(page);
  const triggers = page.getByRole('button', { name: texts.rehearse.triggerName('DiskFull'), exact: true });
  for (const [path, ready] of [
    ['', page.getByRole('slider')],
    ['incidents', page.getByRole('row').filter({ hasText: 'multi-test-server' })],
    ['alerts', page.getByText('KubePodCrashLooping')],
    ['rehearse', triggers],
    ['system', page.getByText(texts.system.verdicts.ready)],
  ] as const) {
    await page.goto(`${lab('GATEWAY_URL')}/#/${path}`);
    await ready.first().waitFor();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const found = await page.evaluate(broken);
      expect({ path, width, page: await page.evaluate(() => document.documentElement.scrollWidth), found }).toEqual({ path, width, page: width, found: [] });
    }
  }
  await close();
});
