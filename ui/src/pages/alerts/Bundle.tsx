// Alerts of one name, or of one value of a label: a single one as it is, several folded, with their number.

import { memo, useId, useState } from 'react';

import { Badge } from '../../components/Badge';
import { useTexts, useUnits } from '../../messages/react';
import { AlertRow } from './AlertRow';
import { FirstOf } from './FirstOf';
import type { Bundle as Alerts } from './groups';
import type { Severities } from './severities';
import styles from './AlertGroup.module.css';

interface Props {
  bundle: Alerts;
  severities: Severities;
  openedAt: number;
}

export const Bundle = memo(function Bundle({ bundle: { title, entries }, severities, openedAt }: Props) {
  const { alerts } = useTexts();
  const { number } = useUnits();
  const id = useId();
  const [isOpen, open] = useState(false);
  const [only, ...others] = entries;
  if (only && others.length === 0) return <AlertRow entry={only} severities={severities} openedAt={openedAt} />;
  return (
    <li className={styles.bundle}>
      <h3 className={styles.fold}>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => {
            open(!isOpen);
          }}
        >
          <span className={styles.sign} aria-hidden="true">
            {isOpen ? '▾' : '▸'}
          </span>
          <span className={styles.name}>{title}</span>
          <Badge tone="quiet">{number(entries.length)}</Badge>
          <span className="hidden">{alerts.count(entries.length)}</span>
        </button>
      </h3>
      <div id={id} hidden={!isOpen}>
        {isOpen && (
          <FirstOf
            items={entries}
            draw={(entry) => (
              <AlertRow key={entry.key} entry={entry} severities={severities} openedAt={openedAt} level={4} />
            )}
            count={(others) => others.length}
          />
        )}
      </div>
    </li>
  );
});
