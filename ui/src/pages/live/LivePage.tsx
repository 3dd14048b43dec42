// What Prometheus says now, and what it said in the last hours: a tile for each instant query, a chart for each range.

import { LostNote, StaleNote, useIsStale } from '../../components/StaleNote';
import { Note } from '../../components/Note';
import { useChannel, usePoll } from '../../connection/react';
import type { Answers } from '../../model/frame';
import type { Buckets } from '../../model/histogram';
import { useTexts } from '../../messages/react';
import { chartPlans } from './charts';
import { HistogramTile } from './HistogramTile';
import { useLasting } from './lasting';
import { QueryTile } from './QueryTile';
import { RangeChart } from './RangeChart';
import { isBuckets, useTrails } from './trails';
import styles from './LivePage.module.css';

export default function LivePage() {
  const { live } = useTexts();
  return (
    <div className={styles.page}>
      <h1>{live.title}</h1>
      <LostNote />
      <Tiles />
      <Charts />
    </div>
  );
}

function Tiles() {
  const { live, connection } = useTexts();
  const { instant, metrics } = usePoll<Answers, Record<string, number | Buckets>>();
  const instantTrails = useTrails('instant', instant.frame);
  const metricsTrails = useTrails('metrics', metrics.frame);
  const instantStale = useIsStale(instant);
  const metricsStale = useIsStale(metrics);
  const answers = useLasting('instant', instant.frame);
  // What both channels have is shown once, with all its series.
  const sums = [...useLasting('metrics', metrics.frame)].filter(([query]) => !answers.has(query));
  return (
    <>
      <StaleNote of="instant" channel={instant} />
      {!instant.frame && <Note>{connection.waiting}</Note>}
      <div className={styles.tiles} role="group" aria-label={live.now}>
        {[...answers].map(([query, lasting]) => (
          <QueryTile key={query} query={query} lasting={lasting} trail={instantTrails.get(query)} stale={instantStale} />
        ))}
        {sums.map(([query, lasting]) =>
          isBuckets(lasting.answer) ? (
            <HistogramTile
              key={query}
              query={query}
              buckets={lasting.answer}
              trail={metricsTrails.get(query)}
              stale={metricsStale || !lasting.isLatest}
            />
          ) : (
            <QueryTile
              key={query}
              query={query}
              lasting={lasting}
              trail={metricsTrails.get(query)}
              stale={metricsStale}
            />
          ),
        )}
      </div>
    </>
  );
}

function Charts() {
  const { live } = useTexts();
  const range = useChannel<Answers>('range');
  const stale = useIsStale(range);
  const answers = useLasting('range', range.frame);
  return (
    <>
      <StaleNote of="range" channel={range} />
      <div className={styles.charts} role="group" aria-label={live.lately}>
        {chartPlans([...answers.keys()]).map((plan) => (
          <RangeChart key={plan.base} plan={plan} answers={answers} stale={stale} />
        ))}
      </div>
    </>
  );
}
