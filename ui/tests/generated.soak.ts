// Answers that nobody has thought of, in a browser: whatever comes, no page fails. `npm test` has the same answers at those
// who read them; `make soak` runs these.

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
import { live, open, withBrowser } from './support/browser';
import { rewriteAllFrames } from './support/frames';
import { lab } from './support/servers';

withBrowser();

/** How many frames of each channel, or answers of each route, a page is given: `TRIES=1000` looks for more. */
const TRIES = Number(process.env.TRIES ?? 100);

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
