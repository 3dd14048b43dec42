// Alerts of one state and severity, under a heading with their number.

import { useId } from 'react';

import { Badge } from '../../components/Badge';
import { severityTone } from '../../components/tone';
import { useTexts, useUnits } from '../../messages/react';
import { AlertRow } from './AlertRow';
import type { Group } from './groups';
import { useNames } from './useNames';
import styles from './AlertGroup.module.css';

interface Props {
  group: Group;
  /** When the page was opened: what has changed before is not marked any more. */
  openedAt: number;
  stale: boolean;
}

export function AlertGroup({ group: { state, severity, entries }, openedAt, stale }: Props) {
  const { alerts } = useTexts();
  const names = useNames();
  const units = useUnits();
  const id = useId();
  return (
    <section aria-labelledby={id} data-stale={stale || undefined} className={styles.group}>
      <h2 id={id} className={styles.heading}>
        {alerts.group[state](names.severity(severity))}
        <Badge tone={state === 'firing' ? severityTone(severity) : 'quiet'}>{units.number(entries.length)}</Badge>
      </h2>
      <ul role="list" className={styles.list}>
        {entries.map((entry) => (
          <AlertRow key={entry.key} entry={entry} openedAt={openedAt} />
        ))}
      </ul>
    </section>
  );
}
