// Answers as servers may send them, for tests: what Prometheus' API documents, what others make of it, and anything else.

import fc, { type Arbitrary } from 'fast-check';

/** The same in every run; `SEED=$RANDOM RUNS=10000 npm test -- property` looks for more. */
fc.configureGlobal({ seed: Number(process.env.SEED ?? 10), numRuns: Number(process.env.RUNS ?? 200) });

const NAMES = ['__name__', 'job', 'instance', 'le', 'service.name', 'constructor', 'toString', '__proto__', ''];
const VALUES = ['0', '1', '42.5', '-3', 'NaN', '+Inf', '-Inf', '1e308', '-1.7976931348623157e+308', '5e-324', '', 'x', '0x10'];
const TIMES = [0, -1, 1.5, 1e13, -1e300, 1e300, Number.MAX_SAFE_INTEGER];
const QUERIES = ['http_requests_total', 'memory_usage_1h', 'memory_usage_24h', 'cpu_usage_percent', 'constructor', '__proto__', '', 'x'];

/** JSON that nobody has thought of. */
const anything = fc.jsonValue({ maxDepth: 3 });

/** Mostly `usual`, sometimes anything else or nothing. */
function or<Value>(usual: Arbitrary<Value>): Arbitrary<unknown> {
  return fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: anything });
}

function record(of: Record<string, Arbitrary<unknown>>): Arbitrary<unknown> {
  return fc.oneof({ weight: 4, arbitrary: fc.record(of) }, { weight: 1, arbitrary: fc.record(of, { requiredKeys: [] }) });
}

/** As it comes out of a message. */
function sent<Value>(of: Arbitrary<Value>): Arbitrary<unknown> {
  return of.map((value) => JSON.parse(JSON.stringify(value ?? null)) as unknown);
}

const word = fc.oneof(fc.constantFrom('a', 'b', 'api', '<b>', 'x'.repeat(300)), fc.string({ unit: 'grapheme', maxLength: 12 }));
const labels = or(fc.dictionary(fc.constantFrom(...NAMES), or(word), { maxKeys: 4 }));
const time = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1.77e9, max: 1.78e9 }) }, { weight: 1, arbitrary: fc.constantFrom(...TIMES) });
const value = fc.oneof(fc.constantFrom(...VALUES), fc.double({ noNaN: true }).map(String), fc.double({ noNaN: true, noDefaultInfinity: true }));
const sample = or(fc.tuple(time, or(value)));
const histogram = fc.record({
  count: value,
  sum: value,
  buckets: fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 3), value, value, value), { maxLength: 3 }),
});
const histogramSample = or(fc.tuple(time, histogram));

const inVector = fc.oneof(
  record({ metric: labels, value: sample }),
  record({ metric: labels, histogram: histogramSample }),
  record({ metric: labels, value: sample, histogram: histogramSample }),
  anything,
);
const samples = or(fc.array(sample, { maxLength: 12 }));
const histograms = or(fc.array(histogramSample, { maxLength: 4 }));
const inMatrix = fc.oneof(
  record({ metric: labels, values: samples }),
  record({ metric: labels, histograms }),
  record({ metric: labels, values: samples, histograms }),
  anything,
);
const data = (resultType: string, result: Arbitrary<unknown>) =>
  record({ resultType: or(fc.constant(resultType)), result: or(result), analysis: anything });

const fault = record({ error: or(word), errorType: or(fc.constantFrom('timeout', 'unavailable')) });

/** What may stand under the name of a query. */
const answer = fc.oneof(
  data('vector', fc.array(inVector, { maxLength: 5 })),
  data('matrix', fc.array(inMatrix, { maxLength: 12 })),
  data('scalar', sample),
  data('string', fc.tuple(time, word)),
  data('streams', anything),
  fault,
  fc.double({ noNaN: true, noDefaultInfinity: true }), // of the channel `metrics`
  fc.dictionary(fc.constantFrom('0.1', '1', '+Inf', 'x'), fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }))),
  anything,
);

export const anyAnswer: Arbitrary<unknown> = sent(answer);

/** The data of a frame of queries. */
export const anyAnswers: Arbitrary<unknown> = sent(
  fc.oneof(
    { weight: 8, arbitrary: fc.dictionary(fc.constantFrom(...QUERIES), answer, { maxKeys: 6 }) },
    { weight: 1, arbitrary: fault },
    { weight: 1, arbitrary: anything },
  ),
);

/** What stands beside the data. */
export const anyWarnings: Arbitrary<unknown> = sent(
  fc.option(or(fc.dictionary(fc.constantFrom(...QUERIES), or(fc.array(or(word), { maxLength: 3 })), { maxKeys: 4 }))),
);

const moment = or(fc.constantFrom('2026-07-01T08:00:00Z', '', 'x', '0001-01-01T00:00:00Z', '+275760-09-13T00:00:01Z'));
const count = or(fc.integer({ min: -1, max: 1e9 }));

/** The data of a frame of the channel `alerts`. */
export const anyAlerts: Arbitrary<unknown> = sent(
  fc.oneof(
    { weight: 6, arbitrary: record({ alerts: or(fc.array(or(record({
      labels: or(fc.dictionary(fc.constantFrom('alertname', 'severity', 'family', 'drill', ...NAMES), or(word), { maxKeys: 5 })),
      annotations: or(fc.dictionary(fc.constantFrom('summary', 'description', 'constructor'), or(word))),
      state: or(fc.constantFrom('firing', 'pending', 'inactive')),
      activeAt: moment,
      value: or(value),
    })), { maxLength: 6 })) }) },
    { weight: 1, arbitrary: fault },
    { weight: 1, arbitrary: anything },
  ),
);

const durations = or(record({ count, mean: or(fc.option(fc.double())), p90: or(fc.option(fc.double())) }));
const totals = { count, open: count, acknowledged: count, resolved: count, mtta: durations, mttr: durations, excluded: count };

/** What the routes of incidents may answer. */
export const anyIncidents = {
  services: sent(or(record({ data: or(fc.array(or(record({
    service: or(word), total_incidents: count, open_count: count, ack_count: count, resolved_count: count,
  })), { maxLength: 4 })) }))),
  summary: sent(or(record({ data: or(record({
    overall: or(record(totals)),
    services: or(fc.array(or(record({ ...totals, service: or(word) })), { maxLength: 4 })),
  })) }))),
  details: sent(or(record({
    data: or(fc.array(or(record({
      id: or(word), title: or(word), severity: or(word), service: or(word), status: or(fc.constantFrom('open', 'closed', 'x')),
      created_at: moment, acknowledged_at: moment, resolved_at: moment, mtta_seconds: count, mttr_seconds: count,
    })), { maxLength: 4 })),
    next_cursor: or(fc.option(word)),
  }))),
};

export const anyReadiness: Arbitrary<unknown> = sent(or(record({
  status: or(fc.constantFrom('ready', 'degraded', 'unready')),
  checks: or(fc.dictionary(fc.constantFrom('prometheus', 'database', 'poller', 'constructor', 'new'), or(record({
    ok: or(fc.boolean()), since: moment, error: or(fc.option(word)), warnings: or(fc.array(or(word), { maxLength: 3 })),
  })))),
})));

export const anySettings: Arbitrary<unknown> = sent(or(record({
  version: or(word),
  poll_interval_seconds: or(fc.constantFrom(10, 0, -1)),
  simulator_url: or(fc.constantFrom('http://localhost:8082', '', null)),
  incidents: or(fc.boolean()),
  incident_severities: or(fc.array(or(word))),
})));

const rehearsal = record({
  name: or(fc.constantFrom('A', 'B', 'constructor')), family: or(word), severity: or(word), metric: or(word), labels,
  threshold: or(fc.option(fc.double())), window: or(fc.option(fc.constant('5m'))), expr: or(word),
  for: or(fc.constantFrom('1m', '0s', 'x')), condition: or(fc.constantFrom('calm', 'rising', 'active', 'recovering')),
  value: or(fc.double()), since: moment, rise_seconds: or(fc.option(fc.double())),
});

/** What the simulator may answer. */
export const anySimulator = {
  rehearsals: sent(or(record({ time_scale: or(fc.constantFrom(1, 0.07, 0, -1)), data: or(fc.array(or(rehearsal), { maxLength: 5 })) }))),
  changed: sent(or(record({ data: or(rehearsal) }))),
  scenarios: sent(or(record({ data: or(fc.array(or(record({
    name: or(word), title: or(word), steps: anything, expect: or(fc.array(or(word))), running: or(fc.boolean()), since: moment,
  })), { maxLength: 4 })) }))),
};
