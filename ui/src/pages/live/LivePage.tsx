// What Prometheus says now, and what it said in the last hours: a tile for each instant query, a chart for each range.

import { StaleNote, useIsStale } from '../../components/StaleNote';
import { Note } from '../../components/Note';
import { useChannel } from '../../connection/react';
import type { Answers } from '../../model/frame';
import type { Buckets } from '../../model/histogram';
import { useTexts } from '../../messages/react';
import { chartPlans } from './charts';
import { HistogramTile } from './HistogramTile';
import { QueryTile } from './QueryTile';
import { RangeChart } from './RangeChart';
import { isBuckets, useTrails } from './trails';
import styles from './LivePage.module.css';

export default function LivePage() {
  const { live } = useTexts();
  return (
    <div className={styles.page}>
      <h1>{live.title}</h1>
      <Tiles />
      <Charts />
    </div>
  );
}

function Tiles() {
  const { live, connection } = useTexts();
  const instant = useChannel<Answers>('instant');
  const metrics = useChannel<Record<string, number | Buckets>>('metrics');
  const instantTrails = useTrails('instant', instant.frame);
  const metricsTrails = useTrails('metrics', metrics.frame);
  const instantStale = useIsStale(instant);
  const metricsStale = useIsStale(metrics);
  const answers = instant.frame?.data ?? {};
  // What both channels have is shown once, with all its series.
  const sums = Object.entries(metrics.frame?.data ?? {}).filter(([query]) => !Object.hasOwn(answers, query));
  return (
    <>
      <StaleNote channel={instant} />
      {!instant.frame && <Note>{connection.waiting}</Note>}
      <div className={styles.tiles} role="group" aria-label={live.now}>
        {Object.entries(answers).map(([query, answer]) => (
          <QueryTile key={query} query={query} answer={answer} trail={instantTrails.get(query)} stale={instantStale} />
        ))}
        {sums.map(([query, value]) =>
          isBuckets(value) ? (
            <HistogramTile
              key={query}
              query={query}
              buckets={value}
              trail={metricsTrails.get(query)}
              stale={metricsStale}
            />
          ) : (
            <QueryTile key={query} query={query} answer={value} trail={metricsTrails.get(query)} stale={metricsStale} />
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
  const answers = range.frame?.data ?? {};
  return (
    <div className={styles.charts} role="group" aria-label={live.lately}>
      {chartPlans(Object.keys(answers)).map((plan) => (
        <RangeChart key={plan.base} plan={plan} answers={answers} stale={stale} />
      ))}
    </div>
  );
}
