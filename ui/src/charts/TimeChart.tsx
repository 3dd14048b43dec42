// Series over time: a line each, a legend, and the values under the pointer or the arrow keys.

import 'uplot/dist/uPlot.min.css';

import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';

import { align } from '../model/align';
import type { Series } from '../model/query';
import { useSpeech } from '../messages/react';
import { resolved, seriesColor } from './colors';
import styles from './TimeChart.module.css';

export interface NamedSeries extends Series {
  name: string;
}

interface Props {
  /** What it shows, for those who do not see it. */
  label: string;
  series: NamedSeries[];
  /** Seconds between two points. */
  step: number;
  /** How a value is written. */
  format: (value: number | null | undefined) => string;
  height?: number;
}

export function TimeChart({ label, series, step, format, height = 220 }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [row, setRow] = useState<number>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const { language, units } = useSpeech();
  const columns = useMemo(() => align(series, step), [series, step]);
  const names = series.map(({ name }) => name).join('\n');

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const color = (property: string) => resolved(element, property);
    const axis = { stroke: color('--muted'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } };
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: { y: false, points: { size: 7 } },
        axes: [
          { ...axis, values: (_, times) => times.map((time) => clock(language, time)), space: 64 },
          { ...axis, values: (_, values) => values.map((value) => format(value)), size: 72 },
        ],
        series: [
          {},
          ...names.split('\n').map((name, index) => ({
            label: name,
            stroke: color(seriesColor(index)),
            width: 1.5,
            points: { show: false },
          })),
        ],
        hooks: {
          setCursor: [
            ({ cursor }) => {
              setRow(cursor.idx ?? undefined);
            },
          ],
        },
      },
      undefined,
      element,
    );
    plot.current = chart;
    const sized = new ResizeObserver(() => {
      chart.setSize({ width: element.clientWidth, height });
    });
    sized.observe(element);
    return () => {
      sized.disconnect();
      chart.destroy();
      plot.current = undefined;
    };
  }, [names, height, language, format]);

  useEffect(() => {
    plot.current?.setData([columns.times, ...columns.values]);
  }, [columns, names, height, language, format]);

  const shown = row ?? columns.times.length - 1;
  const time = columns.times[shown];
  return (
    <figure className={styles.figure} aria-label={label}>
      <div ref={holder} className={styles.plot} style={{ minHeight: height }} />
      <figcaption>
        <p className={styles.time}>{time === undefined ? '' : units.time(time * 1000)}</p>
        <ul className={styles.legend}>
          {series.map(({ name }, index) => (
            <li key={name}>
              <button
                type="button"
                className={styles.entry}
                aria-pressed={!hidden.has(name)}
                onClick={() => {
                  const show = hidden.has(name);
                  const next = new Set(hidden);
                  if (show) next.delete(name);
                  else next.add(name);
                  setHidden(next);
                  plot.current?.setSeries(index + 1, { show });
                }}
              >
                <span
                  className={styles.swatch}
                  style={{ background: `var(${seriesColor(index)})` }}
                  aria-hidden="true"
                />
                {name} <span className="number">{format(columns.values[index]?.[shown])}</span>
              </button>
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

function clock(language: string, seconds: number): string {
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' }).format(seconds * 1000);
}
