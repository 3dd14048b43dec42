// The chart of a range query, with a choice of windows where there are several.

import { useMemo, useState } from 'react';

import { lines } from '../../charts/lines';
import { TimeChart } from '../../charts/TimeChart';
import { Card } from '../../components/Card';
import { Note } from '../../components/Note';
import { Segments } from '../../components/Segments';
import { stepOf } from '../../model/align';
import { useTexts, useUnits } from '../../messages/react';
import { drawn, type ChartPlan } from './charts';
import { useFormats } from './formats';
import type { LastingAnswers } from './lasting';
import { useQueryName } from './useQueryName';
import styles from './LivePage.module.css';

interface Props {
  plan: ChartPlan;
  answers: LastingAnswers;
  stale: boolean;
}

export function RangeChart({ plan: { base, windows }, answers, stale }: Props) {
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
      {lasting?.fault && <Note tone="warning">{texts.fault(lasting.fault.error)}</Note>}
      {lasting?.answer !== undefined && <Drawing base={base} title={title} answer={lasting.answer} />}
    </Card>
  );
}

/** The lines of an answer. */
function Drawing({ base, title, answer }: { base: string; title: string; answer: unknown }) {
  const texts = useTexts();
  const formats = useFormats();
  const { meaning, chart, step } = useMemo(() => {
    const { meaning, series } = drawn(base, answer);
    const additive = meaning.kind === 'counter';
    const prefer = meaning.quantity === 'cores' ? 'instance' : undefined;
    const chart = lines(series, { additive, prefer, title, rest: texts.live.rest });
    return { meaning, step: stepOf(series), chart };
  }, [base, answer, title, texts]);
  if (chart.lines.length === 0) return <Note>{texts.live.noSeries}</Note>;
  return (
    <>
      <TimeChart
        label={title}
        lines={chart.lines}
        step={step}
        format={formats(meaning)}
        binary={meaning.quantity === 'bytes'}
      />
      <p className={styles.caption}>
        {chart.by.length > 0 && texts.live.by(chart.by.join(', '))}
        {chart.left > 0 && ` ${texts.live.left(chart.left)}`}
      </p>
    </>
  );
}
