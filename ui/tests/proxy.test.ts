// Behind a proxy that lets the page through and not its WebSocket, the page says what to add to the proxy.

import { afterEach, expect, test } from 'vitest';

import { en } from '../src/messages/en';
import { fr } from '../src/messages/fr';
import { expectSound, open, withBrowser } from './support/browser';
import { Nginx } from './support/nginx';
import { lab } from './support/servers';

withBrowser();

const running: { nginx?: Nginx } = {};

afterEach(async () => {
  await running.nginx?.stop();
});

const HOST = 'proxy_set_header Host $http_host;';
const UPGRADE = `proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection "upgrade";`;

/** Before the gateway, with these lines. */
const before = (...lines: string[]) => `location / { proxy_pass ${lab('GATEWAY_URL')}; ${lines.join('\n')} }`;
const host = (url: string) => new URL(url).host;
const FRENCH = { locale: 'fr', colorScheme: 'dark' as const, viewport: { width: 320, height: 900 } };

test.each([
  ['in English', {}, en],
  ['in French, dark and narrow', FRENCH, fr],
])('a proxy that replaces Host is told of, %s', async (_, options, { connection, app, system }) => {
  const nginx = (running.nginx = await Nginx.start(before(UPGRADE)));
  const { page, close } = await open(nginx.url, options);
  const note = page.getByRole('alert').filter({ hasText: connection.unopened });
  await note.getByText(connection.cause.origin(host(lab('GATEWAY_URL')), host(nginx.url))).waitFor();
  await note.getByText(HOST).waitFor();
  expect(await page.getByText(connection.never).count()).toBe(0);
  await expectSound(page);
  await page.getByRole('link', { name: app.system }).press('Enter');
  await page.getByRole('region', { name: system.connection, exact: true }).getByText(HOST).waitFor();
  await expectSound(page);
  await close();
});

test('a proxy that drops Upgrade is told of', async () => {
  const nginx = (running.nginx = await Nginx.start(before(HOST)));
  const { page, close } = await open(nginx.url);
  const note = page.getByRole('alert').filter({ hasText: en.connection.unopened });
  await note.getByText(en.connection.cause.upgrade).waitFor();
  await note.getByText('proxy_set_header Upgrade $http_upgrade;').waitFor();
  await close();
});

test('a proxy that drops both is told of', async () => {
  const nginx = (running.nginx = await Nginx.start(before()));
  const { page, close } = await open(nginx.url);
  const note = page.getByRole('alert').filter({ hasText: en.connection.unopened });
  await note.getByText(/proxy_set_header/).first().waitFor();
  await close();
});

test('with the lines that the page names it is live', async () => {
  const nginx = (running.nginx = await Nginx.start(before(HOST, UPGRADE)));
  const { page, faults, close } = await open(nginx.url);
  await page.locator('[data-connection="open"]').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});
