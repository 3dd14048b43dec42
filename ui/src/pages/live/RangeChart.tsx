// The chart of a range query, with a choice of windows where there are several.

import { useMemo, useState } from 'react';

import { lines, METRIC } from '../../charts/lines';
import { TimeChart } from '../../charts/TimeChart';
import { Card } from '../../components/Card';
import { LongText } from '../../components/LongText';
import { Note } from '../../components/Note';
import { Remarks, useRemarks } from '../../components/Remarks';
import { Segments } from '../../components/Segments';
import { stepOf } from '../../model/align';
import type { Warnings } from '../../model/frame';
import { undrawn } from '../../model/query';
import { useTexts, useUnits } from '../../messages/react';
import { drawn, type ChartPlan, type Drawn } from './charts';
import { useFormats } from './formats';
import type { LastGoodAnswers } from './lastGoodAnswers';
import { useQueryName } from './useQueryName';
import styles from './LivePage.module.css';

interface Props {
  plan: ChartPlan;
  answers: LastGoodAnswers;
  warnings: Warnings | undefined;
  stale: boolean;
}

export function RangeChart({ plan: { base, windows }, answers, warnings, stale }: Props) {
  const texts = useTexts();
  const { promDuration } = useUnits();
  const name = useQueryName();
  const [chosen, setChosen] = useState('');
  const { window, query } = windows.find((one) => one.window === chosen) ?? windows[0] ?? { window: '', query: base };
  const title = name(base);
  const lasting = answers.get(query);
  const tools =
    windows.length > 1 ? (
      <Segments
        label={texts.live.window}
        value={window}
        options={windows.map(({ window }) => ({ id: window, text: promDuration(window) }))}
        onChange={setChosen}
      />
    ) : (
      window !== '' && <span className="muted">{promDuration(window)}</span>
    );
  return (
    <Card title={title} tools={tools} stale={stale || lasting?.isLatest === false}>
      {lasting?.fault && (
        <Note tone="warning">
          <LongText>{texts.fault(lasting.fault.error)}</LongText>
        </Note>
      )}
      {lasting?.answer !== undefined && (
        <Drawing base={base} title={title} answer={lasting.answer} warnings={warnings?.get(query)} />
      )}
    </Card>
  );
}

interface DrawingProps {
  base: string;
  title: string;
  answer: unknown;
  warnings: readonly string[] | undefined;
}

/** The lines of an answer, below what is to be known of it. */
function Drawing({ base, title, answer, warnings }: DrawingProps) {
  const remark = useRemarks();
  const texts = useTexts();
  const { parts, left } = useMemo(() => ({ parts: drawn(base, answer), left: undrawn(answer, 'matrix') }), [base, answer]);
  const remarks = remark(left, warnings);
  if (parts.length === 0 && remarks.length === 0) return <Note>{texts.live.noSeries}</Note>;
  return (
    <div className={styles.drawing}>
      <Remarks texts={remarks} />
      {parts.map((part) => (
        <Part
          key={`${part.meaning.quantity} ${part.meaning.kind}`}
          label={parts.length > 1 ? `${title}: ${part.metrics.join(', ')}` : title}
          {...part}
        />
      ))}
    </div>
  );
}

/** The lines of one unit. */
function Part({ label, meaning, series }: Drawn & { label: string }) {
  const texts = useTexts();
  const formats = useFormats();
  const { chart, step } = useMemo(() => {
    const additive = meaning.kind === 'counter';
    const prefer = meaning.quantity === 'cores' ? 'instance' : undefined;
    return { step: stepOf(series), chart: lines(series, { additive, prefer, title: label, rest: texts.live.rest }) };
  }, [series, meaning, label, texts]);
  const by = chart.by.map((name) => (name === METRIC ? texts.live.metric : name));
  return (
    <>
      <TimeChart
        label={label}
        lines={chart.lines}
        step={step}
        format={formats(meaning)}
        binary={meaning.quantity === 'bytes'}
      />
      <p className={styles.caption}>
        {by.length > 0 && texts.live.by(by.join(', '))}
        {chart.left > 0 && ` ${texts.live.left(chart.left)}`}
      </p>
    </>
  );
}
