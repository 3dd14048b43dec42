// The tile of a histogram: its median, how long the slow ones take, and how many fell into each bucket.

import { bars, quantile, type Buckets } from '../../model/histogram';
import { useTexts } from '../../messages/react';
import { useFormats } from './formats';
import { meaning } from './meaning';
import { useNames } from './names';
import { Tile } from './Tile';
import styles from './HistogramTile.module.css';

interface Props {
  query: string;
  buckets: Buckets;
  stale: boolean;
}

export function HistogramTile({ query, buckets, stale }: Props) {
  const { live } = useTexts();
  const name = useNames();
  const format = useFormats()(meaning(query, undefined));
  const found = bars(buckets);
  const most = Math.max(...found.map(({ count }) => count), 1);
  const total = found.reduce((sum, { count }) => sum + count, 0);
  const share = (count: number) => (total === 0 ? 0 : count / total);
  const percent = useFormats()({ quantity: 'ratio', kind: 'level' });
  return (
    <Tile
      title={name(query)}
      value={live.median(format(quantile(0.5, buckets)))}
      caption={live.slow(format(quantile(0.95, buckets)))}
      stale={stale}
    >
      <ul className={styles.bars} aria-label={live.buckets}>
        {found.map(({ bound, count }) => (
          <li key={bound} className={styles.bar} aria-label={live.bucket(format(bound), percent(share(count)))}>
            <span className={styles.space} aria-hidden="true">
              <span className={styles.fill} style={{ height: `${(count / most) * 100}%` }} />
            </span>
            <span className={styles.bound} aria-hidden="true">
              {format(bound)}
            </span>
          </li>
        ))}
      </ul>
    </Tile>
  );
}
