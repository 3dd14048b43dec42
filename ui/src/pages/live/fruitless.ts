// Whether the gateway asks a Prometheus for what only the demo has: then the page says how to ask for something else.

import { matrix } from '../../model/query';
import type { LastGoodAnswer, LastGoodAnswers } from './lastGoodAnswers';
import { splitWindow } from './meaning';
import { answerSamples, isBuckets } from './trails';

/** The queries of the built-in settings that the demo's metrics answer; `memory_usage_1h` goes by `memory_usage`. */
const OF_THE_DEMO = new Set([
  'cpu_usage_seconds_total',
  'memory_usage_bytes',
  'disk_usage_percent',
  'http_requests_total',
  'request_duration_seconds',
  'memory_usage',
  'cpu_usage',
  'http_requests',
]);

/** Most of the demo's queries are asked, and most of those that are have no series; a failure is no answer. */
export function isDemoAskedInVain(...channels: LastGoodAnswers[]): boolean {
  const asked = channels.flatMap((answers) => [...answers]).filter(([query]) => OF_THE_DEMO.has(splitWindow(query).base));
  const names = new Set(asked.map(([query]) => splitWindow(query).base));
  const empty = asked.filter(([, lasting]) => isEmpty(lasting));
  return names.size > OF_THE_DEMO.size / 2 && empty.length > asked.length / 2;
}

function isEmpty({ answer, fault }: LastGoodAnswer): boolean {
  if (fault) return false;
  if (isBuckets(answer)) return Object.keys(answer).length === 0;
  return answerSamples(answer).length === 0 && matrix(answer).length === 0;
}
