// Alerts that have gone in the last minutes.

import { Badge } from '../../components/Badge';
import { Card } from '../../components/Card';
import { useTexts, useUnits } from '../../messages/react';
import { LATELY_MS, type Gone } from '../../model/alertBook';
import { useNow } from '../../stores/clock';
import { nameOf, titleOf } from './groups';
import styles from './Resolved.module.css';

export function Resolved({ gone }: { gone: Gone[] }) {
  const { alerts } = useTexts();
  const units = useUnits();
  const now = useNow(5_000);
  const lately = gone.filter(({ at }) => now - at < LATELY_MS);
  if (lately.length === 0) return null;
  return (
    <Card title={alerts.resolved} tools={<Badge tone="good">{units.number(lately.length)}</Badge>}>
      <ul role="list" className={styles.list}>
        {lately.map(({ key, alert, at, unseen }) => (
          <li key={`${key} ${at}`} className={styles.row}>
            <span className={styles.what}>
              {titleOf(alert)} <code className="muted">{nameOf(alert)}</code>
            </span>
            <span className="number muted">{(unseen ? alerts.resolvedBefore : alerts.resolvedAt)(units.time(at))}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
