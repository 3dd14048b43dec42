// How much a browser has to load, and how long its main thread works. Times are printed and never asserted: machines
// are shared. What is loaded is the same everywhere, and has a limit.

import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { afterEach, expect, test } from 'vitest';

import { live, open, withBrowser } from './support/browser';
import { ScriptedPrometheus } from './support/prometheus';
import { Gateway, lab } from './support/servers';

withBrowser();

const LIMIT_BYTES = 170_000;
const SERIES = 50;
/** Settings of a gateway that polls one day of memory. */
const A_DAY = fileURLToPath(new URL('support/a_day.toml', import.meta.url));
const running: { gateway?: Gateway; prometheus?: ScriptedPrometheus } = {};

afterEach(async () => {
  await running.gateway?.kill();
  running.prometheus?.close();
});

test('the first page loads no more than 170 kB of JavaScript', async () => {
  const { page, close } = await open('about:blank');
  const scripts: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) scripts.push(response.body());
  });
  const began = Date.now();
  await page.goto(lab('GATEWAY_URL'));
  await live(page);
  await page.getByRole('heading', { level: 2 }).first().waitFor();
  console.info(`live data after ${Date.now() - began} ms`);
  const bytes = (await Promise.all(scripts)).reduce((sum, script) => sum + gzipSync(script).byteLength, 0);
  console.info(`JavaScript of the first page: ${(bytes / 1000).toFixed(0)} kB gzip`);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(LIMIT_BYTES);
  await close();
});

test('a day of fifty series is drawn, and frames are taken', async () => {
  const prometheus = (running.prometheus = await ScriptedPrometheus.start(SERIES));
  const gateway = (running.gateway = await Gateway.start(prometheus.url, '--config', A_DAY));
  const { page, faults, close } = await open(gateway.url);
  await live(page);
  const measured = (name: string) =>
    page.evaluate(
      (name) =>
        performance
          .getEntriesByName(name, 'measure')
          .map((entry) => entry as PerformanceMeasure)
          .map(({ startTime, duration, detail }) => ({ startTime, duration, channel: String(detail) })),
      name,
    );
  // The frame that a chart is made of is not like those that follow.
  const drawn = () => measured('chart-draw');
  await expect.poll(async () => (await drawn()).length).toBe(1);
  const settled = await page.evaluate(() => performance.now());
  const frames = async (wanted: string) =>
    (await measured('frame')).filter(({ startTime, channel }) => startTime > settled && channel === wanted);
  await expect.poll(async () => (await frames('range')).length).toBeGreaterThan(15);
  const told = {
    'the chart': await drawn(),
    'a frame of it': await frames('range'),
    'a frame of tiles': await frames('instant'),
  };
  for (const [what, measures] of Object.entries(told)) {
    const times = measures.map(({ duration }) => duration).sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor((times.length - 1) * share)]?.toFixed(1);
    console.info(`${what}: median ${at(0.5)} ms, slowest ${at(1)} ms of ${times.length}`);
  }
  expect(faults).toEqual([]);
  await close();
});
