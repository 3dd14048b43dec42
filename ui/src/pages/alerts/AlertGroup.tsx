// Alerts of one standing and severity, under a heading with their number.

import { memo, useId, useRef, useState } from 'react';

import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { useTexts, useUnits } from '../../messages/react';
import { useNames } from '../../messages/useNames';
import { Bundle } from './Bundle';
import type { Group } from './groups';
import type { Severities } from './severities';
import styles from './AlertGroup.module.css';

/** How many bundles are drawn until somebody asks for all of them. */
const MANY = 200;

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
  const [all, showAll] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const shown = all ? bundles : bundles.slice(0, MANY);
  const others = bundles.slice(shown.length).reduce((sum, { entries }) => sum + entries.length, 0);
  return (
    <section aria-labelledby={id} data-stale={stale || undefined} className={styles.group}>
      <h2 id={id} className={styles.heading}>
        {alerts.group[standing](names.severity(severity))}
        <Badge tone={standing === 'firing' ? severities.tone(severity) : 'quiet'}>{number(count)}</Badge>
      </h2>
      <ul ref={list} role="list" className={styles.list}>
        {shown.map((bundle) => (
          <Bundle key={bundle.title} bundle={bundle} severities={severities} openedAt={openedAt} />
        ))}
      </ul>
      {others > 0 && (
        <div>
          <Button
            heir={() => list.current?.children.item(MANY) as HTMLElement | null}
            onPress={() => {
              showAll(true);
            }}
          >
            {alerts.showOthers(number(others))}
          </Button>
        </div>
      )}
    </section>
  );
});
