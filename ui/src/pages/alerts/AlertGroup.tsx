// Alerts of one state and severity, under a heading with their number.

import { memo, useId, useRef, useState } from 'react';

import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { severityTone } from '../../components/tone';
import { useTexts, useUnits } from '../../messages/react';
import { useNames } from '../../messages/useNames';
import { AlertRow } from './AlertRow';
import type { Group } from './groups';
import styles from './AlertGroup.module.css';

/** How many are drawn until somebody asks for all of them. */
const MANY = 200;

interface Props {
  group: Group;
  /** When the page was opened: what has changed before is not marked any more. */
  openedAt: number;
  stale: boolean;
}

export const AlertGroup = memo(function AlertGroup({ group: { state, severity, entries }, openedAt, stale }: Props) {
  const { alerts } = useTexts();
  const names = useNames();
  const id = useId();
  const { number } = useUnits();
  const [all, showAll] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const shown = all ? entries : entries.slice(0, MANY);
  return (
    <section aria-labelledby={id} data-stale={stale || undefined} className={styles.group}>
      <h2 id={id} className={styles.heading}>
        {alerts.group[state](names.severity(severity))}
        <Badge tone={state === 'firing' ? severityTone(severity) : 'quiet'}>{number(entries.length)}</Badge>
      </h2>
      <ul ref={list} role="list" className={styles.list}>
        {shown.map((entry) => (
          <AlertRow key={entry.key} entry={entry} openedAt={openedAt} />
        ))}
      </ul>
      {shown.length < entries.length && (
        <div>
          <Button
            heir={() => list.current?.children.item(MANY) as HTMLElement | null}
            onPress={() => {
              showAll(true);
            }}
          >
            {alerts.showOthers(number(entries.length - shown.length))}
          </Button>
        </div>
      )}
    </section>
  );
});
