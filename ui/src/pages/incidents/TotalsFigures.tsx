// All services in a few numbers.

import { Figures } from '../../components/Figures';
import type { Totals } from '../../model/incident';
import { useTexts, useUnits } from '../../messages/react';
import styles from './Incidents.module.css';

export function TotalsFigures({ totals: { count, open, acknowledged, resolved, mtta, mttr } }: { totals: Totals }) {
  const { incidents } = useTexts();
  const { number, duration } = useUnits();
  const { counts } = incidents;
  return (
    <div className={styles.stack}>
      <Figures
        figures={[
          { name: incidents.count, value: number(count) },
          { name: counts.open, value: number(open) },
          { name: counts.acknowledged, value: number(acknowledged) },
          { name: counts.resolved, value: number(resolved) },
          { name: incidents.mttaMean, value: duration(mtta.mean), about: incidents.known(mtta.count) },
          { name: incidents.mttaP90, value: duration(mtta.p90), about: incidents.known(mtta.count) },
          { name: incidents.mttrMean, value: duration(mttr.mean), about: incidents.known(mttr.count) },
          { name: incidents.mttrP90, value: duration(mttr.p90), about: incidents.known(mttr.count) },
        ]}
      />
      <p className={styles.about}>{incidents.speed.about}</p>
    </div>
  );
}
