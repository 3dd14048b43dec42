// What Prometheus says now, and what it said in the last hours: a tile for each instant query, a chart for each range.

import { LostNote, StaleNote, useIsStale } from '../../components/StaleNote';
import { Guard } from '../../components/Guard';
import { LongText } from '../../components/LongText';
import { Note } from '../../components/Note';
import { Remarks, useRemarks } from '../../components/Remarks';
import { useChannel, usePoll } from '../../connection/react';
import { faultOf, type Frame, type Warnings } from '../../model/frame';
import { isObject } from '../../model/json';
import type { Trail } from '../../model/trail';
import { useTexts } from '../../messages/react';
import { chartPlans } from './charts';
import { isDemoAskedInVain } from './fruitless';
import { HistogramTile } from './HistogramTile';
import { useLasting, type LastGoodAnswer, type LastGoodAnswers } from './lastGoodAnswers';
import { QueryTile } from './QueryTile';
import { RangeChart } from './RangeChart';
import { isBuckets, useTrails } from './trails';
import { useQueryName } from './useQueryName';
import styles from './LivePage.module.css';

export default function LivePage() {
  const { live } = useTexts();
  return (
    <div className={styles.page}>
      <h1>{live.title}</h1>
      <LostNote />
      <Guard title={live.now}>
        <Tiles />
      </Guard>
      <Guard title={live.lately}>
        <Charts />
      </Guard>
    </div>
  );
}

function Tiles() {
  const { live, connection } = useTexts();
  const { instant, metrics } = usePoll();
  const instantTrails = useTrails('instant', instant.frame);
  const metricsTrails = useTrails('metrics', metrics.frame);
  const instantStale = useIsStale(instant);
  const metricsStale = useIsStale(metrics);
  const answers = useLasting('instant', instant.frame);
  // What both channels have is shown once, with all its series.
  const summed = useLasting('metrics', metrics.frame);
  const sums = [...summed].filter(([query]) => !answers.has(query));
  const remark = useRemarks();
  const name = useQueryName();
  const tile = (query: string, lasting: LastGoodAnswer, trail: Trail | undefined, stale: boolean, warnings: Warnings | undefined) => {
    const said = warnings?.get(query);
    return (
      <Guard key={query} title={name(query)} of={lasting}>
        {isBuckets(lasting.answer) ? (
          <HistogramTile
            query={query}
            buckets={lasting.answer}
            fault={lasting.fault}
            trail={trail}
            remarks={remark([], said)}
            stale={stale || !lasting.isLatest}
          />
        ) : (
          <QueryTile query={query} lasting={lasting} trail={trail} warnings={said} stale={stale} />
        )}
      </Guard>
    );
  };
  return (
    <>
      <StaleNote of="instant" channel={instant} />
      {!instantStale && <DemoNote answers={[answers, summed]} />}
      {!instant.frame && <Note>{connection.waiting}</Note>}
      <FrameTrouble frame={instant.frame} />
      <div className={styles.tiles} role="group" aria-label={live.now}>
        {[...answers].map(([query, lasting]) =>
          tile(query, lasting, instantTrails.get(query), instantStale, instant.frame?.warnings),
        )}
        {sums.map(([query, lasting]) =>
          tile(query, lasting, metricsTrails.get(query), metricsStale, metrics.frame?.warnings),
        )}
      </div>
    </>
  );
}

function Charts() {
  const { live } = useTexts();
  const name = useQueryName();
  const range = useChannel('range');
  const stale = useIsStale(range);
  const answers = useLasting('range', range.frame);
  return (
    <>
      <StaleNote of="range" channel={range} />
      <FrameTrouble frame={range.frame} />
      <div className={styles.charts} role="group" aria-label={live.lately}>
        {chartPlans([...answers.keys()]).map((plan) => (
          <Guard key={plan.base} title={name(plan.base)} of={answers}>
            <RangeChart plan={plan} answers={answers} warnings={range.frame?.warnings} stale={stale} />
          </Guard>
        ))}
      </div>
    </>
  );
}

/** While the gateway asks for the demo's metrics, and Prometheus has none of them. */
function DemoNote({ answers }: { answers: LastGoodAnswers[] }) {
  const { live } = useTexts();
  if (!isDemoAskedInVain(...answers)) return null;
  return (
    <Note>
      {live.demo.why}
      <br />
      {live.demo.how} <code>config/examples/node-exporter.toml</code>
    </Note>
  );
}

/** What stands in place of all answers of a frame. */
function FrameTrouble({ frame }: { frame: Frame | undefined }) {
  const texts = useTexts();
  if (!frame) return null;
  const fault = faultOf(frame.data);
  if (!fault) return isObject(frame.data) || frame.data === null || frame.data === undefined ? null : <Remarks texts={[texts.remarks.type('')]} />;
  return (
    <Note tone="warning">
      <LongText>{texts.fault(fault.error)}</LongText>
    </Note>
  );
}
