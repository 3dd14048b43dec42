// The tile of a histogram: its median, how long the slow ones take, and how many fell into each bucket.

import { LongText } from '../../components/LongText';
import type { QueryFault } from '../../model/frame';
import { bars, quantile, type Buckets } from '../../model/histogram';
import { NO_TRAIL, type Trail } from '../../model/trail';
import { useTexts, useUnits } from '../../messages/react';
import { useFormats } from './formats';
import { meaning } from './meaning';
import { Tile } from './Tile';
import { recentBuckets } from './trails';
import { useQueryName } from './useQueryName';
import styles from './HistogramTile.module.css';

interface Props {
  query: string;
  buckets: Buckets;
  trail: Trail | undefined;
  /** Why it is not the latest, where Prometheus has said so. */
  fault: QueryFault | undefined;
  remarks: readonly string[];
  stale: boolean;
}

export function HistogramTile({ query, buckets, trail, fault, remarks, stale }: Props) {
  const texts = useTexts();
  const { live } = texts;
  const name = useQueryName();
  const { number, duration } = useUnits();
  const formats = useFormats();
  const format = formats(meaning(query, undefined));
  const recent = recentBuckets(buckets, trail ?? NO_TRAIL);
  // Until the page has looked on for a while, all that ever happened is shown.
  const shown = recent?.grown ?? buckets;
  const found = bars(shown);
  const most = found.reduce((most, { count }) => Math.max(most, count), 1);
  const total = found.reduce((sum, { count }) => sum + count, 0);
  const share = (count: number) => (total === 0 ? 0 : count / total);
  const percent = formats({ quantity: 'ratio', kind: 'level' });
  const lasted = recent && duration(Math.round(recent.seconds));
  const caption = () => {
    if (fault) return <LongText most={80}>{texts.fault(fault.error)}</LongText>;
    if (lasted !== undefined && total === 0) return live.quiet(lasted);
    return live.slow(format(quantile(0.95, shown)), lasted);
  };
  return (
    <Tile
      title={name(query)}
      value={format(quantile(0.5, shown))}
      caption={caption()}
      remarks={remarks}
      stale={stale}
    >
      <ul role="list" className={styles.bars} aria-label={live.buckets}>
        {found.map(({ bound, count }) => (
          <li key={bound} className={styles.bar}>
            <span className="hidden">{live.bucket(format(bound), percent(share(count)))}</span>
            <span className={styles.space} aria-hidden="true">
              <span className={styles.fill} style={{ height: `${(count / most) * 100}%` }} />
            </span>
            <span className={styles.bound} aria-hidden="true">
              {number(bound)}
            </span>
          </li>
        ))}
      </ul>
    </Tile>
  );
}
