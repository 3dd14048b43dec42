// Answers that Prometheus' API documents and that the pages do not draw, and answers that nobody documents: each is told
// of in its place, and nothing beside it is lost.

import fc from 'fast-check';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import {
  anyAlerts,
  anyAnswers,
  anyIncidents,
  anyReadiness,
  anySettings,
  anySimulator,
  anyWarnings,
} from '../src/model/any_answer';
import { en } from '../src/messages/en';
import { fr } from '../src/messages/fr';
import { expectSound, live, open, withBrowser } from './support/browser';
import { rewriteAllFrames, rewriteFrames } from './support/frames';
import { lab } from './support/servers';

withBrowser();

const HISTOGRAM = { count: '3', sum: '4.5', buckets: [[0, '0.5', '1', '3']] };
const NOW = Math.floor(Date.now() / 1000);
/** How many frames of each channel, or answers of each route, a page is given: `TRIES=1000` looks for more. */
const TRIES = Number(process.env.TRIES ?? 12);

const floats = (job: string) => ({ metric: { job }, values: [0, 10, 20].map((ago) => [NOW - 20 + ago, String(ago)]) });
const native = (job: string) => ({ metric: { job }, histograms: [[NOW, HISTOGRAM]] });

const NARROW = { viewport: { width: 320, height: 900 } };

test.each([
  ['in English', {}, en],
  ['in French, dark and narrow', { ...NARROW, locale: 'fr', colorScheme: 'dark' as const }, fr],
])('what is not drawn is told of at its tile and at its chart, %s', async (_, options, texts) => {
  const { page, faults, close } = await open('about:blank', options);
  await rewriteAllFrames(page, ({ type }) => {
    if (type === 'instant_metrics') {
      return {
        data: {
          only_native: { resultType: 'vector', result: [{ metric: {}, histogram: [NOW, HISTOGRAM] }] },
          a_mixture: { resultType: 'vector', result: [{ metric: {}, histogram: [NOW, HISTOGRAM] }, { metric: { a: 'b' }, value: [NOW, '7'] }] },
          a_text: { resultType: 'string', result: [NOW, 'hello'] },
          none: { resultType: 'vector', result: null },
          stale: { resultType: 'vector', result: [{ metric: {}, value: [NOW, 'NaN'] }] },
          endless: { resultType: 'vector', result: [{ metric: {}, value: [NOW, '+Inf'] }] },
          failed: { error: `too ${'long '.repeat(200)}`, errorType: 'timeout' },
        },
        warnings: { endless: ['PromQL info: it may be no counter', 'x'.repeat(1000)] },
      };
    }
    if (type !== 'range_metrics') return undefined;
    return {
      data: {
        of_floats: { resultType: 'matrix', result: [floats('a')] },
        of_both: { resultType: 'matrix', result: [{ ...native('a'), ...floats('a') }, native('b')] },
        of_natives: { resultType: 'matrix', result: [native('a'), native('b')] },
        of_logs: { resultType: 'streams', result: [{ stream: {}, values: [] }] },
      },
      warnings: { of_floats: ['only a part has answered'] },
    };
  });
  await page.goto(lab('GATEWAY_URL'));
  await live(page);
  const { remarks, fault } = texts;
  const part = (name: string) => page.getByRole('region', { name, exact: true });
  const tells = (name: string, text: string) => part(name).getByText(text, { exact: true }).first().waitFor();
  await tells('only_native', remarks.histograms(1));
  await tells('a_mixture', remarks.histograms(1));
  await part('a_mixture').getByText('7', { exact: true }).waitFor();
  await tells('a_text', remarks.type('string'));
  await tells('none', texts.live.noSeries);
  await part('endless').getByText('∞').waitFor();
  await tells('endless', remarks.warning('PromQL info: it may be no counter'));
  await part('failed').getByText(fault('too long').slice(0, 30)).first().waitFor();
  await tells('of_floats', remarks.warning('only a part has answered'));
  await tells('of_both', remarks.histograms(2));
  await tells('of_natives', remarks.histograms(2));
  await tells('of_logs', remarks.type('streams'));
  await page.getByRole('slider', { name: /of_floats/ }).waitFor();
  await page.getByRole('slider', { name: /of_both/ }).waitFor();
  expect(await page.getByText(texts.app.brokenPart).count()).toBe(0);
  await expectSound(page);

  // A long text is cut, and shown by the keyboard.
  const long = part('failed').locator('details');
  await long.locator('summary').press('Enter');
  await expect.poll(() => long.getAttribute('open')).not.toBeNull();
  await long.locator('summary').getByText(texts.app.less).waitFor();
  await expectSound(page);
  expect(faults).toEqual([]);
  await close();
});

test('warnings are listed on System, by channel and query', async () => {
  const { page, faults, close } = await open('about:blank');
  await rewriteAllFrames(page, ({ type, data }) => ({
    data,
    ...(type === 'range_metrics' && { warnings: { memory_usage_1h: ['only a part has answered'] } }),
  }));
  await page.goto(`${lab('GATEWAY_URL')}/#/system`);
  const list = page.getByRole('list', { name: en.system.warnings });
  await list.getByRole('listitem').filter({ hasText: 'range' }).getByText('only a part has answered').waitFor();
  await list.getByText('memory_usage_1h').waitFor();
  await expectSound(page);
  expect(faults).toEqual([]);
  await close();
});

test('what stands in place of all answers is told of', async () => {
  const { page, faults, close } = await open('about:blank');
  await rewriteFrames(page, 'range_metrics', () => ({ error: 'no room', errorType: 'unavailable' }));
  await page.goto(lab('GATEWAY_URL'));
  await page.getByText(en.fault('no room')).waitFor();
  await page.getByRole('region').first().waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('a chart that fails says so in its place, and is tried again with the next answer', async () => {
  const { page, close } = await open('about:blank');
  await page.addInitScript(() => {
    const whole = window.ResizeObserver;
    window.ResizeObserver = function () {
      throw new Error('out of order');
    } as unknown as typeof ResizeObserver;
    document.addEventListener('mended', () => {
      window.ResizeObserver = whole;
    });
  });
  await page.goto(lab('GATEWAY_URL'));
  const failed = page.getByRole('region', { name: 'Memory', exact: true }).getByText(en.app.brokenPart);
  await failed.getByText('out of order').waitFor();
  await page.getByRole('region', { name: 'Disk in use' }).waitFor();
  await page.evaluate(() => document.dispatchEvent(new Event('mended')));
  await failed.waitFor({ state: 'detached' });
  await page.getByRole('slider', { name: /^Memory/ }).waitFor();
  await close();
});

/** Nothing of the pages has failed. */
async function expectWhole(page: Page): Promise<void> {
  expect(await page.getByText(en.app.brokenPart).count()).toBe(0);
  expect(await page.getByText(en.app.broken).count()).toBe(0);
}

test('whatever the frames hold, no page fails', async () => {
  const { page, faults, close } = await open('about:blank');
  const made = {
    answers: fc.sample(anyAnswers, TRIES * 3),
    alerts: fc.sample(anyAlerts, TRIES),
    warnings: fc.sample(anyWarnings, TRIES * 4),
  };
  const again = await rewriteAllFrames(page, ({ type }) => ({
    data: (type === 'alerts' ? made.alerts : made.answers).pop() ?? null,
    warnings: made.warnings.pop(),
  }));
  await page.goto(lab('GATEWAY_URL'));
  await live(page);
  await page.getByText(en.live.title).first().waitFor();
  for (const name of ['Live', 'Alerts', 'System', 'Live']) {
    await page.getByRole('link', { name: new RegExp(`^${name}`) }).first().click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    for (let beat = 0; beat < TRIES / 4; beat += 1) {
      again();
      // Drawn, before the next one comes.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    await expectWhole(page);
    expect(faults).toEqual([]);
  }
  await close();
});

/** The page may connect to no other simulator than the one that its policy names. */
function beside(settings: unknown): unknown {
  const text = JSON.stringify(settings);
  return JSON.parse(text.replaceAll('http://localhost:8082', lab('SIMULATOR_URL')));
}

test('whatever the routes answer, no page fails', async () => {
  const { page, faults, close } = await open('about:blank');
  const answers = {
    '**/api/metrics/incidents/by-service': fc.sample(anyIncidents.services, TRIES),
    '**/api/metrics/incidents/summary*': fc.sample(anyIncidents.summary, TRIES),
    '**/api/metrics/incidents/details*': fc.sample(anyIncidents.details, TRIES),
    '**/-/ready': fc.sample(anyReadiness, TRIES),
    '**/api/ui/settings': fc.sample(anySettings, TRIES).map(beside),
  };
  for (const [path, made] of Object.entries(answers)) {
    await page.route(path, (route) => route.fulfill({ json: made.pop() ?? null }));
  }
  const headers = { 'Access-Control-Allow-Origin': '*' };
  await page.route(`${lab('SIMULATOR_URL')}/**`, (route) => route.fulfill({ json: { data: [] }, headers }));
  await page.clock.install();
  await page.goto(lab('GATEWAY_URL'));
  for (let round = 0; round < TRIES / 4; round += 1) {
    for (const path of ['incidents', 'system', 'rehearse', 'alerts']) {
      await page.goto(`${lab('GATEWAY_URL')}/?round=${round}#/${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.clock.runFor(6_000); // it is asked again
      await expectWhole(page);
    }
    expect(faults).toEqual([]);
  }
  await close();
});

test('whatever the simulator answers, no page fails', async () => {
  const { page, faults, close } = await open('about:blank');
  const simulator = lab('SIMULATOR_URL');
  const answers = {
    '/api/alerts': fc.sample(anySimulator.rehearsals, TRIES),
    '/api/scenarios': fc.sample(anySimulator.scenarios, TRIES),
  };
  const headers = { 'Access-Control-Allow-Origin': '*' };
  for (const [path, made] of Object.entries(answers)) {
    await page.route(simulator + path, (route) => route.fulfill({ json: made.pop() ?? null, headers }));
  }
  for (const change of ['trigger', 'recover']) {
    const made = fc.sample(anySimulator.changed, TRIES);
    await page.route(`${simulator}/api/alerts/*/${change}`, (route) => route.fulfill({ json: made.pop() ?? null, headers }));
  }
  await page.clock.install();
  await page.goto(`${lab('GATEWAY_URL')}/#/rehearse`);
  await page.getByRole('heading', { level: 1, name: 'Rehearse' }).waitFor();
  for (let round = 0; round < TRIES; round += 1) {
    const button = page.getByRole('button', { name: /^Trigger/ }).and(page.locator(':not([aria-disabled=true])'));
    if ((await button.count()) > 0) await button.first().press('Enter', { timeout: 1_000 }).catch(() => undefined);
    await page.clock.runFor(3_100);
    await expectWhole(page);
    expect(faults).toEqual([]);
  }
  await close();
});
