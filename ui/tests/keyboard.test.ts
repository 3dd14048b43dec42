// Everything can be done with the keyboard, and whoever does not see the page is told what happens on it.

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeEach, expect, test } from 'vitest';

import { en } from '../src/messages/en';
import { live, open, withBrowser } from './support/browser';
import { calm, control } from './support/rehearsal';
import { lab } from './support/servers';

withBrowser();

const ALERT = 'DBConnectionFailed';
const { stages } = en.rehearse;

beforeEach(calm);
afterAll(calm);

/** What waits for an answer takes no press. */
async function press(button: Locator): Promise<void> {
  await expect.poll(() => button.isEnabled()).toBe(true);
  await button.focus();
  await button.press('Enter');
}

/** Whether it has the focus, now or soon. */
async function hasFocus(element: Locator): Promise<void> {
  await expect.poll(() => element.evaluate((it) => it === document.activeElement)).toBe(true);
}

/** Notes what a live region says, from now on; the answer is what it has said so far. */
async function listen(region: Locator): Promise<() => Promise<string[]>> {
  const heard = await region.evaluateHandle((it) => {
    const texts: string[] = [];
    const note = () => texts.push(it.textContent.trim());
    new MutationObserver(note).observe(it, { characterData: true, childList: true, subtree: true });
    return texts;
  });
  return () => heard.jsonValue();
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('a page is reached and left with the keyboard alone, and its content has the focus then', async () => {
  const { page, close } = await open(lab('GATEWAY_URL'));
  await live(page);
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await hasFocus(page.getByRole('main', { name: 'Live' }));
  await press(page.getByRole('link', { name: 'System' }));
  await hasFocus(page.getByRole('main', { name: 'System' }));
  expect(await page.title()).toBe('System – service-metrics');
  await page.goBack();
  await hasFocus(page.getByRole('main', { name: 'Live' }));
  await close();
});

test('the focus stays with an alert while it is triggered, recovered, and its stages closed', async () => {
  const { page, close } = await open(`${lab('GATEWAY_URL')}/#/rehearse`);
  await live(page);
  const [trigger, recover] = [button(page, `Trigger ${ALERT}`), button(page, `Recover ${ALERT}`)];
  await press(trigger);
  await page.getByText(`${ALERT}: ${stages.triggered}`).waitFor({ state: 'attached' });
  expect(await trigger.isDisabled()).toBe(true);
  await hasFocus(trigger);
  await page.getByText(`${ALERT}: ${stages.here}`).waitFor({ state: 'attached' });
  await hasFocus(trigger);
  await page.keyboard.press('Tab');
  await hasFocus(recover);
  await page.keyboard.press('Enter');
  await page.getByText(`${ALERT}: ${stages.resolved}`).waitFor({ state: 'attached' });
  expect(await recover.isDisabled()).toBe(true);
  await hasFocus(recover);
  const closing = button(page, en.rehearse.closeName(ALERT));
  await press(closing);
  await closing.waitFor({ state: 'detached' });
  await hasFocus(trigger);
  await close();
});

test('the focus stays on the button of a scenario that is started and stopped', async () => {
  const { page, close } = await open(`${lab('GATEWAY_URL')}/#/rehearse`);
  await live(page);
  const start = button(page, 'Start the scenario database-outage');
  const stop = button(page, 'Stop the scenario database-outage');
  await press(start);
  await hasFocus(stop.last());
  await press(stop.last());
  await hasFocus(start);
  await press(start);
  await press(button(page, en.rehearse.showStagesOf('DBHighLockTime')));
  await hasFocus(page.getByRole('list', { name: en.rehearse.stagesOf('DBHighLockTime') }));
  await press(stop.first());
  await stop.first().waitFor({ state: 'detached' });
  await hasFocus(button(page, 'Scenarios'));
  await close();
});

test('whoever asks for more incidents stays where they are, and comes to the first of the last ones', async () => {
  const { page, close } = await open('about:blank');
  await page.route(/limit=/, (route) => route.continue({ url: route.request().url().replace('limit=50', 'limit=4') }));
  await page.goto(`${lab('GATEWAY_URL')}/#/incidents`);
  const rows = page.getByRole('table', { name: 'Incidents' }).getByRole('rowgroup').last().getByRole('row');
  const more = button(page, 'Show more');
  await press(more);
  await expect.poll(() => rows.count()).toBe(8);
  await hasFocus(more);
  await press(more);
  await more.waitFor({ state: 'detached' });
  await hasFocus(rows.nth(8));
  await close();
});

test('the button that takes the filters back keeps the focus', async () => {
  const { page, close } = await open(`${lab('GATEWAY_URL')}/?status=open#/incidents`);
  const clear = button(page, 'Clear the filters');
  await press(clear);
  await expect.poll(() => clear.isDisabled()).toBe(true);
  await hasFocus(clear);
  await close();
});

test('it is said once that an alert fires, and once that it does not any more', async () => {
  const { page, close } = await open(`${lab('GATEWAY_URL')}/#/alerts`);
  await live(page);
  await page.getByText(en.alerts.calm).waitFor();
  const region = page.getByRole('main').locator('.hidden[role=status]');
  const heard = await listen(region);
  await control(`/api/alerts/${ALERT}/trigger`);
  await region.getByText(`Now firing: ${ALERT}.`).waitFor({ state: 'attached' });
  await control('/api/reset');
  await region.getByText(`No longer firing: ${ALERT}.`).waitFor({ state: 'attached' });
  expect(await heard()).toEqual([`Now firing: ${ALERT}.`, `No longer firing: ${ALERT}.`]);
  await close();
});

test('how many alerts a search leaves is said once it stands still', async () => {
  await control(`/api/alerts/${ALERT}/trigger`);
  const { page, close } = await open('about:blank');
  await page.clock.install();
  await page.goto(`${lab('GATEWAY_URL')}/#/alerts`);
  await page.getByRole('region', { name: /^Firing/ }).waitFor();
  const heard = await listen(page.getByRole('search').getByRole('status'));
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.getByRole('searchbox').pressSequentially('nothing');
  await page.getByText('0 of 1 shown').waitFor();
  expect(await heard()).toEqual([]);
  await page.clock.runFor(2_000);
  await expect.poll(heard).toEqual(['0 of 1 shown']);
  await close();
});
