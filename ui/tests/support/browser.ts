// Chromium, as Debian has it, and pages that tell of everything that goes wrong on them.

import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

import { PATIENCE_MS } from './patience';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

let browser: Browser | undefined;

/** Starts one browser for the tests of a file. */
export function withBrowser(): void {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  });
  afterAll(async () => {
    await browser?.close();
    browser = undefined;
  });
}

/** A page, and what went wrong on it so far. */
interface Watched {
  page: Page;
  faults: string[];
  close: () => Promise<void>;
}

/** Opens `url`. Errors on the console, exceptions and violations of the CSP are noted. */
export async function open(url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  if (!browser) throw new Error('withBrowser() is missing');
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      console.error(`CSP: ${effectiveDirective} ${blockedURI}`);
    });
  });
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}

/** What the connection badge says. */
export function connectionBadge(page: Page) {
  return page.locator('[data-connection]');
}

/** Waits until frames flow. */
export async function live(page: Page): Promise<void> {
  await page.locator('[data-connection="open"]').waitFor();
}

/**
 * Nothing that axe-core calls moderate or worse, nothing that sticks out of the window, and no list that Safari would
 * take for something else because its marks are styled away.
 */
export async function expectSound(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
    return violations
      .filter(({ impact }) => impact !== 'minor')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
  expect(violations).toEqual([]);
  const unlisted = await page.evaluate(() =>
    [...document.querySelectorAll('ul, ol')]
      .filter((list) => getComputedStyle(list).listStyleType === 'none' && list.getAttribute('role') !== 'list')
      .map((list) => list.outerHTML.slice(0, 100)),
  );
  expect(unlisted).toEqual([]);
  const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(sticksOut).toBeLessThanOrEqual(0);
}
