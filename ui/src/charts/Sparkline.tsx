// The last values of something as a line without axes.

import type { Point } from '../model/trail';
import { sparkPath } from './spark';
import styles from './Sparkline.module.css';

const WIDTH = 120;
const HEIGHT = 32;

/** Decoration: the value that it leads to stands beside it. */
export function Sparkline({ points }: { points: readonly Point[] }) {
  return (
    <svg className={styles.spark} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={sparkPath(points, WIDTH, HEIGHT)} />
    </svg>
  );
}
