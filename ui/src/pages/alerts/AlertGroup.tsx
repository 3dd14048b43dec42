// Alerts of one standing and severity, under a heading with their number.

import { memo, useId } from 'react';

import { Badge } from '../../components/Badge';
import { useTexts, useUnits } from '../../messages/react';
import { useNames } from '../../messages/useNames';
import { Bundle } from './Bundle';
import { FirstOf } from './FirstOf';
import type { Group } from './groups';
import type { Severities } from './severities';
import styles from './AlertGroup.module.css';

interface Props {
  group: Group;
  severities: Severities;
  /** When the page was opened: what has changed before is not marked any more. */
  openedAt: number;
  stale: boolean;
}

export const AlertGroup = memo(function AlertGroup({ group, severities, openedAt, stale }: Props) {
  const { standing, severity, bundles, count } = group;
  const { alerts } = useTexts();
  const names = useNames();
  const id = useId();
  const { number } = useUnits();
  return (
    <section aria-labelledby={id} data-stale={stale || undefined} className={styles.group}>
      <h2 id={id} className={styles.heading}>
        {alerts.group[standing](names.severity(severity))}
        <Badge tone={standing === 'firing' ? severities.tone(severity) : 'quiet'}>{number(count)}</Badge>
      </h2>
      <FirstOf
        items={bundles}
        draw={(bundle) => <Bundle key={bundle.title} bundle={bundle} severities={severities} openedAt={openedAt} />}
        count={(others) => others.reduce((sum, { entries }) => sum + entries.length, 0)}
      />
    </section>
  );
});
