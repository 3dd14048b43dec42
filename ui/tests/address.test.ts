// What is chosen on a page is in its address: a reload and a link show the same, Back shows what was before.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { en } from '../src/messages/en';
import { live, open, withBrowser } from './support/browser';
import { rewriteFrames } from './support/frames';
import { lab } from './support/servers';

withBrowser();

const hash = (page: Page) => new URL(page.url()).hash;
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

async function choose(page: Page, what: string, option: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(what) }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

function alert(alertname: string, severity: string) {
  return { labels: { alertname, severity }, annotations: {}, state: 'firing', activeAt: '2026-07-01T08:00:00Z', value: '1' };
}

test('what is wanted of the alerts is in the address, choice by choice', async () => {
  const { page, faults, close } = await open('about:blank');
  await rewriteFrames(page, 'alerts', () => ({ alerts: [alert('One', 'critical'), alert('Two', 'warning')] }));
  await page.goto(`${lab('GATEWAY_URL')}/#/alerts`);
  await live(page);
  await choose(page, 'Severity', 'critical');
  await expect.poll(() => hash(page)).toBe('#/alerts?severity=critical');
  await page.getByRole('searchbox').pressSequentially('one');
  await expect.poll(() => hash(page)).toBe('#/alerts?severity=critical&text=one');

  await page.reload();
  await page.getByText('1 of 2 shown').first().waitFor();
  expect(await page.getByRole('searchbox').inputValue()).toBe('one');

  await page.goBack(); // what was typed is no step
  await expect.poll(() => hash(page)).toBe('#/alerts');
  await page.getByText('2 alerts').first().waitFor();
  expect(await page.getByRole('searchbox').inputValue()).toBe('');
  await page.goForward();
  await page.getByText('1 of 2 shown').first().waitFor();

  await page.getByRole('link', { name: 'System' }).click();
  await heading(page, 'System');
  expect(hash(page)).toBe('#/system');
  await page.goBack();
  await page.getByText('1 of 2 shown').first().waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('a click on a service is a step that Back takes back', async () => {
  const { page, faults, close } = await open(`${lab('GATEWAY_URL')}/#/incidents`);
  const show = page.getByRole('button', { name: /^Show the incidents of/ }).first();
  const service = (await show.textContent()) ?? '';
  await show.click();
  await expect.poll(() => hash(page)).toBe(`#/incidents?service=${service}`);
  await page.getByRole('button', { name: new RegExp(`${service} ${en.incidents.service}`) }).waitFor();
  await page.goBack();
  await expect.poll(() => hash(page)).toBe('#/incidents');
  await heading(page, 'Incidents');
  await choose(page, en.incidents.period, en.incidents.periods['7d']);
  await choose(page, en.incidents.status, en.incidents.statuses.open);
  await expect.poll(() => hash(page)).toBe('#/incidents?within=7d&status=open');
  await page.goBack();
  await expect.poll(() => hash(page)).toBe('#/incidents?within=7d');
  expect(faults).toEqual([]);
  await close();
});

const LINKS = [
  ['/#/live', 'Live', '#/live'],
  ['/#live', 'Live', '#live'],
  ['/#/incidents?status=open', 'Incidents', '#/incidents?status=open'],
  ['/#/system/', 'System', '#/system/'],
  ['/?status=open#/incidents', 'Incidents', '#/incidents?status=open'], // as links were before
  ['/#/alerts?text=disk&unknown=1', 'Alerts', '#/alerts?text=disk&unknown=1'],
] as const;

test('links lead where they say, those of earlier versions too, from elsewhere and pasted over another page', async () => {
  const { page, faults, close } = await open('about:blank');
  for (const [path, name, becomes] of LINKS) {
    await page.goto(lab('GATEWAY_URL') + path); // from one that differs behind the # alone, nothing is loaded
    await heading(page, name);
    expect(page.url()).toBe(`${lab('GATEWAY_URL')}/${becomes}`);
    expect(await page.getByRole('navigation').locator('[aria-current=page]').textContent()).toBe(name);
  }
  await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('disk');
  expect(faults).toEqual([]);
  await close();
});
