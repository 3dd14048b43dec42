// A finger and the keys read values off a chart.

import { expect, test, vi } from 'vitest';

import { live, open, withBrowser } from './support/browser';
import { rewriteFrames } from './support/frames';
import { PATIENCE_MS } from './support/patience';
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

test('what the keys have chosen stays chosen when a line comes, and keys of the browser choose nothing', async () => {
  const { page, faults, close } = await open('about:blank');
  let [first, more] = [undefined as Matrices | undefined, false];
  const again = await rewriteFrames(page, 'range_metrics', (data) => {
    first ??= data as Matrices; // the rows stay where they are
    return more ? withAnother(first) : first;
  });
  await page.goto(lab('GATEWAY_URL'));
  const chart = page.getByRole('slider').first();
  const row = () => chart.getAttribute('aria-valuenow');
  await chart.press('Home');
  await expect.poll(row).toBe('0');
  for (const key of ['Control+End', 'Alt+ArrowRight', 'Shift+ArrowRight', 'ArrowRight']) await chart.press(key);
  await expect.poll(row).toBe('1');

  const legend = page.getByRole('figure').first().getByRole('listitem');
  const before = await legend.count();
  more = true;
  again();
  await expect.poll(() => legend.count()).toBe(before + 1);
  expect(await row()).toBe('1');
  expect(faults).toEqual([]);
  await close();
});

type Matrices = Record<string, { result: { metric: object }[] }>;

/** With another series in each answer, of the same points as its first. */
function withAnother(answers: Matrices): Matrices {
  const extended = Object.entries(answers).map(([query, answer]): [string, Matrices[string]] => {
    const another = answer.result.slice(0, 1).map((series) => ({ ...series, metric: { ...series.metric, instance: 'z' } }));
    return [query, { ...answer, result: [...answer.result, ...another] }];
  });
  return Object.fromEntries(extended);
}
