// Behind a proxy that serves the gateway below a path, everything works as it does without: nobody has told the page.

import { afterEach, expect, test } from 'vitest';

import { expectSound, live, open, withBrowser } from './support/browser';
import { Nginx } from './support/nginx';
import { lab } from './support/servers';

withBrowser();

const running: { nginx?: Nginx } = {};

afterEach(async () => {
  await running.nginx?.stop();
});

/** As `deployment.md` has it. */
const below = (path: string) => `
  location ${path}/ {
    proxy_pass ${lab('GATEWAY_URL')}/;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
  }`;

test.each(['/metrics-ui', '/team/a b/metrics'])('below %s every page is there, and nothing is asked for elsewhere', async (path) => {
  const nginx = (running.nginx = await Nginx.start(below(path.includes(' ') ? `"${path}"` : path).replace('"/ {', '/" {')));
  const { page, faults, close } = await open('about:blank');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('websocket', (socket) => asked.push(socket.url().replace(/^ws/, 'http')));
  await page.goto(nginx.url + encodeURI(path)); // nginx adds the slash
  await live(page);
  await page.getByRole('slider').first().waitFor();
  const home = `${nginx.url}${encodeURI(path)}/`;
  for (const [name, shows] of [
    ['Incidents', page.getByText('Too many series in the head block')],
    ['Alerts', page.getByRole('heading', { level: 1, name: 'Alerts' })],
    ['System', page.getByText('Ready: everything works.')],
  ] as const) {
    await page.getByRole('link', { name: new RegExp(`^${name}`) }).first().click();
    await shows.waitFor();
    expect(page.url()).toContain(`${home}#/`);
  }
  await expectSound(page);
  const links = page.getByRole('main').getByRole('link');
  const targets = await links.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  expect(targets).toEqual(['-/ready', 'metrics', 'federate'].map((target) => home + target));
  for (const target of targets) expect((await fetch(target)).status).toBe(200);
  await page.getByText(`${home.replace('http', 'ws')}ws/alerts`).waitFor();
  await page.reload();
  await page.getByText('Ready: everything works.').waitFor();
  const icon = await page.locator('link[rel=icon]').evaluate((link) => (link as HTMLLinkElement).href);
  expect((await fetch(icon)).headers.get('content-type')).toBe('image/svg+xml');
  expect(asked.filter((url) => !url.startsWith(home) && url !== home.slice(0, -1))).toEqual([]);
  expect(faults).toEqual([]);
  await close();
});

test('where the files of the page cannot be had, that is said, and what to look at', async () => {
  const { page, close } = await open('about:blank');
  await page.route('**/assets/**', (route) => route.fulfill({ status: 404 }));
  await page.goto(lab('GATEWAY_URL'));
  await page.getByText('The files of this page could not be loaded').waitFor();
  await close();
});
