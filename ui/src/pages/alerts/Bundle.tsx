// Alerts of one name, or of one value of a label: a single one as it is, several folded, with their number.

import { memo, useId, useRef, useState } from 'react';

import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { useTexts, useUnits } from '../../messages/react';
import { AlertRow } from './AlertRow';
import type { Bundle as Alerts } from './groups';
import type { Severities } from './severities';
import styles from './AlertGroup.module.css';

/** How many are drawn until somebody asks for all of them. */
const MANY = 200;

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
  const [all, showAll] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const [only, ...others] = entries;
  if (only && others.length === 0) return <AlertRow entry={only} severities={severities} openedAt={openedAt} />;
  const shown = all ? entries : entries.slice(0, MANY);
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
          <ul ref={list} role="list" className={styles.list}>
            {shown.map((entry) => (
              <AlertRow key={entry.key} entry={entry} severities={severities} openedAt={openedAt} level={4} />
            ))}
          </ul>
        )}
        {isOpen && shown.length < entries.length && (
          <Button
            heir={() => list.current?.children.item(MANY) as HTMLElement | null}
            onPress={() => {
              showAll(true);
            }}
          >
            {alerts.showOthers(number(entries.length - shown.length))}
          </Button>
        )}
      </div>
    </li>
  );
});
