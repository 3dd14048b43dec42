// Series over time: a line each, a legend, and the values under the pointer, the finger or the arrow keys.

import 'uplot/dist/uPlot.min.css';

import { useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from 'react';

import { align } from '../model/align';
import type { Series } from '../model/query';
import { useSpeech } from '../messages/react';
import { clockOf, rowAfter, type Format } from './axis';
import { Legend } from './Legend';
import { Plot } from './plot';
import { readOut } from './summary';
import { SummaryTable } from './SummaryTable';
import styles from './TimeChart.module.css';

export interface Line extends Series {
  /** Tells it apart from the others of its chart, and is the same in every frame. */
  key: string;
  name: string;
}

interface Props {
  /** What it shows, for those who do not see it. */
  label: string;
  lines: Line[];
  /** Seconds between two points. */
  step: number;
  format: Format;
  /** Whether the values are bytes. */
  binary?: boolean;
  height?: number;
}

export function TimeChart({ label, lines, step, format, binary = false, height = 220 }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(undefined);
  const chosen = useRef<number>(undefined);
  const [row, setRow] = useState<number>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const { locale, units, texts } = useSpeech();
  const columns = useMemo(() => align(lines, step), [lines, step]);
  const keys = JSON.stringify(lines.map(({ key }) => key));
  const count = lines.length;
  const clock = useMemo(() => clockOf(locale), [locale]);

  // Before the browser paints: the legend and the lines are of the same frame.
  useLayoutEffect(() => {
    if (!holder.current) return;
    const made = new Plot(holder.current, { lines: count, height, binary, chosen, onRow: setRow });
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = undefined;
    };
  }, [keys, count, height, binary]);

  useLayoutEffect(() => {
    plot.current?.show({ columns, shown: lines.map(({ key }) => !hidden.has(key)), format, clock });
  }, [columns, lines, hidden, format, clock, keys, height, binary]);

  // Nobody sees it: it may come when there is time.
  const summed = useDeferredValue(useMemo(() => ({ lines, columns }), [lines, columns]));

  const at = Math.min(row ?? Infinity, columns.times.length - 1);
  const time = columns.times[at];
  const read = (index: number) => format(columns.values[index]?.[at]);
  const moment = time === undefined ? '' : units.time(time * 1000);
  const values = lines.flatMap(({ key, name }, index) => (hidden.has(key) ? [] : [`${name} ${read(index)}`]));

  return (
    <figure className={styles.figure}>
      {/* A slider in time: screen readers hand it the arrow keys, and say politely what it has come to. */}
      <div
        ref={holder}
        className={styles.plot}
        style={{ minHeight: height }}
        role="slider"
        tabIndex={0}
        aria-label={texts.chart.label(label)}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, columns.times.length - 1)}
        aria-valuenow={Math.max(0, at)}
        aria-valuetext={readOut(moment, values, texts.chart.more)}
        onKeyDown={(event) => {
          const { altKey, ctrlKey, metaKey, shiftKey } = event;
          if (altKey || ctrlKey || metaKey || shiftKey) return; // the browser's own
          const next = rowAfter(event.key, at, columns.times.length);
          if (next === undefined) return;
          event.preventDefault();
          plot.current?.choose(next);
        }}
        onBlur={() => plot.current?.leave()}
      />
      <figcaption>
        <p className={styles.time} aria-hidden="true">
          {moment}
        </p>
        <Legend
          entries={lines.map(({ key, name }, index) => ({ key, name, value: read(index), shown: !hidden.has(key) }))}
          onPress={(key) => {
            const next = new Set(hidden);
            if (!next.delete(key)) next.add(key);
            setHidden(next);
          }}
        />
      </figcaption>
      <SummaryTable label={label} lines={summed.lines} columns={summed.columns} format={format} />
    </figure>
  );
}
