import { expect, it } from 'vitest';

import { promSeconds } from './duration';

it('reads durations as Prometheus writes them', () => {
  expect(['15s', '1m30s', '500ms', '1h'].map(promSeconds)).toEqual([15, 90, 0.5, 3600]);
  expect(['', '15', 's', '1m x'].map(promSeconds)).toEqual([undefined, undefined, undefined, undefined]);
});
