// One plot on a canvas. It is made once for its lines; new values, languages and themes are shown by the same.

import uPlot from 'uplot';

import type { Columns } from '../model/align';
import { measured } from '../model/timing';
import { axisWidth, BINARY_STEPS, tickLabels, valueRange, type Format } from './axis';
import { palette, seriesColor, watchColors } from './colors';

/** What a plot shows. */
interface Picture {
  columns: Columns;
  /** Of each line, whether it is drawn. */
  shown: readonly boolean[];
  /** How values are written. */
  format: Format;
  /** How clock times are written, from seconds since 1970. */
  clock: (seconds: number) => string;
}

interface Options {
  lines: number;
  height: number;
  /** Whether the axis of values has steps for bytes. */
  binary: boolean;
  /** The time that the keys have chosen: it stays chosen when its row moves on, and when another plot takes over. */
  chosen: { current: number | undefined };
  /** The row under the pointer or the keys has changed. */
  onRow: (row: number | undefined) => void;
}

export class Plot {
  private readonly startedAt = performance.now();
  private readonly chart: uPlot;
  private readonly sized: ResizeObserver;
  private readonly unwatch: () => void;
  private colors;
  private picture: Picture | undefined;

  constructor(
    private readonly element: HTMLElement,
    private readonly options: Options,
  ) {
    this.colors = palette(element);
    this.chart = new uPlot(this.settings(), undefined, element);
    this.chart.over.addEventListener('pointerdown', this.pointed);
    this.chart.over.addEventListener('pointermove', this.pointed);
    this.chart.over.addEventListener('pointerleave', this.leave);
    this.sized = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width !== this.chart.width) this.chart.setSize({ width, height: options.height });
    });
    this.sized.observe(element);
    this.unwatch = watchColors(() => {
      this.colors = palette(element);
      this.chart.redraw(false);
    });
  }

  /** Draws at once, so that what it costs is part of the frame that brought it. */
  show(picture: Picture): void {
    const first = this.picture === undefined;
    this.picture = picture;
    this.chart.batch(() => {
      picture.shown.forEach((show, index) => {
        if (this.chart.series[index + 1]?.show !== show) this.chart.setSeries(index + 1, { show });
      });
      this.chart.setData([picture.columns.times, ...picture.columns.values]);
    });
    const { current } = this.options.chosen;
    const row = current === undefined ? -1 : picture.columns.times.indexOf(current);
    if (row >= 0) this.choose(row);
    if (first) measured('chart-draw', this.startedAt);
  }

  /** Sets the cursor on a row. */
  choose(row: number): void {
    const time = this.picture?.columns.times[row];
    if (time === undefined) return;
    this.options.chosen.current = time;
    this.chart.setCursor({ left: this.chart.valToPos(time, 'x'), top: 0 });
  }

  /** Takes the cursor away. Of a finger that is lifted, or begins to scroll, the plot itself does not hear. */
  readonly leave = (): void => {
    this.options.chosen.current = undefined;
    this.chart.setCursor({ left: -10, top: -10 });
  };

  destroy(): void {
    this.unwatch();
    this.sized.disconnect();
    this.chart.destroy();
  }

  /** A finger moves the cursor sideways, as the plot itself lets a mouse do; up and down it scrolls the page. */
  private readonly pointed = (event: PointerEvent): void => {
    this.options.chosen.current = undefined;
    if (event.pointerType === 'mouse') return;
    const { left, top } = this.chart.over.getBoundingClientRect();
    this.chart.setCursor({ left: event.clientX - left, top: event.clientY - top });
  };

  private settings(): uPlot.Options {
    const { height, lines, binary, onRow } = this.options;
    const axis: uPlot.Axis = {
      stroke: () => this.colors('--muted'),
      grid: { stroke: () => this.colors('--line'), width: 1 },
      ticks: { show: false },
      font: `12px ${getComputedStyle(this.element).fontFamily}`,
    };
    return {
      width: this.element.clientWidth,
      height,
      padding: [8, 28, 0, 0],
      legend: { show: false },
      // The page's own keys and legend do the rest.
      cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { size: 7 } },
      scales: { y: { range: (_, least, greatest) => valueRange(least, greatest) } },
      axes: [
        { ...axis, values: (_, times) => times.map((time) => this.picture?.clock(time) ?? ''), space: 64, size: 28 },
        {
          ...axis,
          ...(binary ? { incrs: BINARY_STEPS } : {}),
          space: 36,
          values: (_, values) => (this.picture ? tickLabels(values, this.picture.format) : []),
          size: (_, labels) => axisWidth(labels),
        },
      ],
      series: [
        {},
        ...Array.from({ length: lines }, (_, index) => ({
          stroke: () => this.colors(seriesColor(index)),
          width: 1.5,
          points: { show: false, filter: alone },
        })),
      ],
      hooks: {
        setCursor: [
          ({ cursor }) => {
            onRow(cursor.idx ?? undefined);
          },
        ],
      },
    };
  }
}

/** A value between two gaps has no line; it is drawn as a point. */
const alone: uPlot.Series.Points.Filter = (chart, index) => {
  const values = chart.data[index] ?? [];
  const none = (value: number | null | undefined) => value === null || value === undefined;
  const rows: number[] = [];
  values.forEach((value, row) => {
    if (!none(value) && none(values[row - 1]) && none(values[row + 1])) rows.push(row);
  });
  return rows;
};
