// What costs time on the page's one thread, reported to the performance API, where developer tools and tests read it.

type Task =
  /** From the making of a chart until it is drawn. */
  | 'chart-draw'
  /** From the arrival of a frame until all that shows it is drawn. */
  | 'frame';

/** A page may be open for months. */
const KEPT = 1000;

/** `start` is `performance.now()` when the task began; it ends now. `detail` says of what it was. */
export function measured(task: Task, start: number, detail?: string): void {
  if (performance.getEntriesByName(task, 'measure').length >= KEPT) performance.clearMeasures(task);
  performance.measure(task, { start, detail });
}
