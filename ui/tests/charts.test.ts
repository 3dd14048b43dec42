// A finger reads values off a chart.

import { expect, test, vi } from 'vitest';

import { live, open, PATIENCE_MS, withBrowser } from './support/browser';
import { lab } from './support/servers';

withBrowser();

test.each(['touchEnd', 'touchCancel'] as const)('after %s a chart tells its latest values again', async (type) => {
  const { page, faults, close } = await open(lab('GATEWAY_URL'), { hasTouch: true });
  await live(page);
  const chart = page.getByRole('slider').first();
  await chart.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await chart.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const finger = await page.context().newCDPSession(page);
  const [left, middle] = [x + width / 3, y + height / 2];
  const isLatest = () => chart.evaluate(({ ariaValueNow, ariaValueMax }) => ariaValueNow === ariaValueMax);
  const becomes = (latest: boolean) =>
    vi.waitFor(async () => { expect(await isLatest()).toBe(latest); }, { timeout: PATIENCE_MS });

  await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: left, y: middle }] });
  await finger.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: left + 50, y: middle }] });
  await becomes(false);
  await finger.send('Input.dispatchTouchEvent', { type, touchPoints: [] });
  await becomes(true);
  expect(faults).toEqual([]);
  await close();
});
