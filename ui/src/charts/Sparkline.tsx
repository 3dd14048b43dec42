// The way of a value, without axes.

import styles from './Sparkline.module.css';

const WIDTH = 120;
const HEIGHT = 32;

export function Sparkline({ values }: { values: number[] }) {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return <svg className={styles.spark} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" />;
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const points = finite.map((value, index) => {
    const x = (index / (finite.length - 1)) * WIDTH;
    const y = high === low ? HEIGHT / 2 : HEIGHT - 2 - ((value - low) / (high - low)) * (HEIGHT - 4);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg className={styles.spark} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
}
