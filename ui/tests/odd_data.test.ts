// Data as no server should send it: a page shows what it can, and is never blank.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { fingerprint } from '../src/model/alertmanager';
import { expectSound, live, open, withBrowser } from './support/browser';
import { lab } from './support/servers';

withBrowser();

/** Whatever the gateway says, the frames of the channel `alerts` carry these. */
async function answerAlerts(page: Page, alerts: unknown[]): Promise<void> {
  await page.routeWebSocket('**/ws/alerts', (near) => {
    near.connectToServer().onMessage((text) => {
      const message = JSON.parse(String(text)) as { type: string };
      near.send(JSON.stringify(message.type === 'alerts' ? { ...message, data: { alerts } } : message));
    });
  });
}

test('an alert that lacks almost everything is shown, and every other page too', async () => {
  const { page, faults, close } = await open('about:blank');
  await answerAlerts(page, [null, { labels: null, annotations: null, state: 'firing', activeAt: '', value: '1' }]);
  await page.goto(`${lab('GATEWAY_URL')}/#/alerts`);
  await live(page);
  const row = page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3 }) });
  expect(await row.getByRole('heading').textContent()).toBe('–');
  await page.getByRole('link', { name: 'System' }).click();
  await page.getByText('Ready: everything works.').waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('an alert with an empty summary goes by its name, and only a drill is called one', async () => {
  const { page, close } = await open('about:blank');
  const labels = { alertname: 'Nameless', drill: 'false' };
  const alert = { labels, annotations: { summary: '' }, state: 'firing', activeAt: '2026-07-01T08:00:00Z', value: '1' };
  await answerAlerts(page, [alert]);
  await page.goto(`${lab('GATEWAY_URL')}/#/alerts`);
  await page.getByRole('heading', { level: 3, name: 'Nameless' }).waitFor();
  await page.getByRole('listitem').filter({ hasText: /^drill false$/ }).waitFor();
  await close();
});

const GRAVE = { alertname: 'Grave', severity: 'page', instance: 'a' };
const LIGHT = { alertname: 'Light', severity: 'P9', instance: 'a' };
const MUTE = { alertname: 'Mute', severity: 'page', instance: 'b' };
/** Those of other people: other severities, no family, links, and one that Alertmanager keeps quiet. */
const THEIRS = [LIGHT, MUTE, GRAVE].map((labels) => ({
  labels, state: 'firing', activeAt: '2026-07-01T08:00:00Z', value: '1',
  annotations: { message: `${labels.alertname} **message**`, runbook_url: 'https://runbooks.example.org/x', note: 'javascript:x' },
}));

test('alerts of other people keep their severities, say all that they say, and are suppressed where they are', async () => {
  const { page, faults, close } = await open('about:blank');
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const alertmanager = {
    [fingerprint(MUTE)]: { state: 'suppressed', silencedBy: ['s1'], inhibitedBy: [fingerprint(GRAVE)], until },
  };
  await page.routeWebSocket('**/ws/alerts', (near) => {
    near.connectToServer().onMessage((text) => {
      const message = JSON.parse(String(text)) as { type: string };
      const said = { ...message, data: { alerts: THEIRS }, alertmanager };
      near.send(JSON.stringify(message.type === 'alerts' ? said : message));
    });
  });
  await page.goto(`${lab('GATEWAY_URL')}/#/alerts`);
  await live(page);
  await page.getByRole('region', { name: /^Firing/ }).first().waitFor();
  const regions = await page.getByRole('region').getByRole('heading', { level: 2 }).allTextContents();
  expect(regions.slice(0, 3)).toEqual(['Firing, page1', 'Firing, P91', 'Suppressed, page1']);
  const mute = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Mute **message**' }) });
  await mute.getByText(/^Silenced in Alertmanager until .* \(s1\)\. Inhibited in Alertmanager by Grave\.$/).waitFor();
  const link = mute.getByRole('link', { name: 'https://runbooks.example.org/x' });
  expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
  expect(await mute.getByRole('link').count()).toBe(1);
  expect(await page.getByText('no family').count()).toBe(0);
  await page.getByRole('button', { name: /State/ }).click();
  await page.getByRole('option', { name: 'suppressed' }).click();
  await page.getByText('1 of 3 shown').first().waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByRole('button', { name: /Group by/ }).click();
  await page.getByRole('option', { name: 'instance' }).click();
  await expect.poll(() => new URL(page.url()).hash).toBe('#/alerts?by=instance');
  await expectSound(page);
  expect(faults).toEqual([]);
  await close();
});

test('incidents and checks without a time are shown without it', async () => {
  const { page, faults, close } = await open('about:blank');
  await page.route('**/api/metrics/incidents/details?*', async (route) => {
    const answer = (await (await route.fetch()).json()) as { data: Record<string, unknown>[] };
    for (const incident of answer.data) {
      delete incident.created_at;
      delete incident.acknowledged_at;
      Object.assign(incident, { severity: null, status: null });
    }
    await route.fulfill({ json: answer });
  });
  await page.route('**/-/ready', async (route) => {
    const answer = (await (await route.fetch()).json()) as { checks: Record<string, { since: unknown }> };
    for (const check of Object.values(answer.checks)) check.since = null;
    await route.fulfill({ json: answer });
  });
  await page.goto(`${lab('GATEWAY_URL')}/#/incidents`);
  const incident = page.getByRole('row').filter({ hasText: 'Too many series in the head block' });
  await expect.poll(() => incident.getByText('–', { exact: true }).count()).toBeGreaterThanOrEqual(3);
  await page.getByRole('link', { name: 'System' }).click();
  const check = page.getByRole('row').filter({ hasText: 'Database' });
  await check.getByText('–', { exact: true }).first().waitFor();
  expect(await check.locator('time').textContent()).toBe('–');
  expect(faults).toEqual([]);
  await close();
});

test('where the frame around the pages fails, that is said', async () => {
  const { page, close } = await open('about:blank');
  await page.addInitScript(() => {
    Object.defineProperty(window, 'setInterval', {
      value: () => {
        throw new Error('out of order'); // there is none for the connection
      },
    });
  });
  await page.goto(lab('GATEWAY_URL'));
  await page.getByRole('alert').getByText('out of order').waitFor();
  await page.getByRole('button', { name: 'Reload' }).waitFor();
  await close();
});

const NO_RULES = 'no alerting rule is loaded at this address, so it can never have alerts';

test.each([
  ['as a warning', { data: { alerts: [] }, warnings: { alerts: [NO_RULES] } }],
  ['as an error', { data: { error: NO_RULES, errorType: 'unavailable' } }],
])('where there can be no alerts that is said %s, and nobody is told that all is calm', async (_, said) => {
  const { page, faults, close } = await open('about:blank');
  await page.routeWebSocket('**/ws/alerts', (near) => {
    near.connectToServer().onMessage((text) => {
      const message = JSON.parse(String(text)) as { type: string };
      near.send(JSON.stringify(message.type === 'alerts' ? { ...message, ...said } : message));
    });
  });
  await page.goto(`${lab('GATEWAY_URL')}/#/alerts`);
  await page.getByText(NO_RULES).waitFor();
  await live(page);
  expect(await page.getByText('No active alerts').count()).toBe(0);
  expect(await page.getByText('Waiting for the first values').count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});
