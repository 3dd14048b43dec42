// Answers that Prometheus' API documents and that the pages do not draw, and answers that nobody documents: each is told
// of in its place, and nothing beside it is lost.

import { expect, test } from 'vitest';

import { en } from '../src/messages/en';
import { fr } from '../src/messages/fr';
import { expectSound, live, open, withBrowser } from './support/browser';
import { rewriteAllFrames, rewriteFrames } from './support/frames';
import { lab } from './support/servers';

withBrowser();

const HISTOGRAM = { count: '3', sum: '4.5', buckets: [[0, '0.5', '1', '3']] };
const NOW = Math.floor(Date.now() / 1000);

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
          a_scalar: { resultType: 'scalar', result: [NOW, '5'] },
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
        of_scalar: { resultType: 'scalar', result: [NOW, '5'] },
        of_logs: { resultType: 'streams', result: [{ stream: {}, values: [] }] },
      },
      warnings: { of_floats: ['only a part has answered'] },
    };
  });
  await page.goto(lab('GATEWAY_URL'));
  await live(page);
  const { remarks, fault } = texts;
  const part = (name: string) => page.locator('main section').filter({ has: page.getByRole('heading', { name, exact: true }) });
  const tells = (name: string, text: string) => part(name).getByText(text, { exact: true }).first().waitFor();
  await tells('only_native', remarks.histograms(1));
  await tells('a_mixture', remarks.histograms(1));
  await part('a_mixture').getByText('7', { exact: true }).waitFor();
  await part('a_scalar').getByText('5', { exact: true }).waitFor();
  await tells('a_text', remarks.type('string'));
  await tells('none', texts.live.noSeries);
  await part('endless').getByText('∞').waitFor();
  await tells('endless', remarks.warning('PromQL info: it may be no counter'));
  await part('failed').getByText(fault('too long').slice(0, 30)).first().waitFor();
  await tells('of_floats', remarks.warning('only a part has answered'));
  await tells('of_both', remarks.histograms(2));
  await tells('of_natives', remarks.histograms(2));
  await tells('of_scalar', remarks.type('scalar'));
  await tells('of_logs', remarks.type('streams'));
  await page.getByRole('slider', { name: /of_floats/ }).waitFor();
  await page.getByRole('slider', { name: /of_both/ }).waitFor();
  expect(await page.getByText(texts.app.brokenPart).count()).toBe(0);
  // A long text is cut, and shown by the keyboard.
  const long = part('failed').locator('details');
  await long.locator('summary').press('Enter');
  await expect.poll(() => long.getAttribute('open')).not.toBeNull();
  await long.locator('summary').getByText(texts.app.less).waitFor();
  await expectSound(page);

  // All warnings stand together, by channel and query.
  await page.getByRole('link', { name: texts.app.system }).press('Enter');
  const warned = (channel: string) =>
    page.getByRole('list', { name: texts.system.warnings }).getByRole('listitem').filter({ hasText: channel });
  await warned('range').getByText('of_floats').waitFor();
  await warned('range').getByText('only a part has answered').waitFor();
  await warned('instant').getByText('PromQL info: it may be no counter').waitFor();
  await expectSound(page);
  expect(faults).toEqual([]);
  await close();
});

test('where there is null in place of all that is told, the pages have nothing to show, and say so', async () => {
  const { page, faults, close } = await open('about:blank');
  await rewriteAllFrames(page, ({ type }) => ({ data: type === 'alerts' ? { alerts: null } : null, warnings: null }));
  const headers = { 'Access-Control-Allow-Origin': '*' };
  await page.route('**/api/metrics/incidents/**', (route) => route.fulfill({ json: { data: null, next_cursor: null } }));
  await page.route('**/-/ready', (route) => route.fulfill({ json: { status: 'ready', checks: null } }));
  await page.route(`${lab('SIMULATOR_URL')}/**`, (route) => route.fulfill({ json: { data: null }, headers }));
  await page.goto(lab('GATEWAY_URL'));
  await live(page);
  for (const [name, says] of [
    ['Incidents', en.answers.unreadable],
    ['Alerts', en.alerts.calm],
    ['Rehearse', en.answers.unreadable],
    ['System', en.answers.unreadable],
  ] as const) {
    await page.getByRole('link', { name, exact: true }).press('Enter');
    await page.getByText(says).first().waitFor();
    expect(await page.getByText(en.app.brokenPart).count()).toBe(0);
  }
  expect(faults).toEqual([]);
  await close();
});

test('what stands in place of all answers is told of', async () => {
  const { page, faults, close } = await open('about:blank');
  await rewriteFrames(page, 'range_metrics', () => ({ error: 'no room', errorType: 'unavailable' }));
  await page.goto(lab('GATEWAY_URL'));
  await page.getByText(en.fault('no room')).waitFor();
  await page.locator('main section').first().waitFor();
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
  await page.getByRole('group', { name: 'Disk in use' }).waitFor();
  await page.evaluate(() => document.dispatchEvent(new Event('mended')));
  await failed.waitFor({ state: 'detached' });
  await page.getByRole('slider', { name: /^Memory/ }).waitFor();
  await close();
});
