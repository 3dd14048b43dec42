// One alert. It is drawn again only when something of it changes, and is marked for a moment then.

import { memo } from 'react';

import { Age } from '../../components/Age';
import { Badge } from '../../components/Badge';
import { severityTone } from '../../components/tone';
import { useTexts, useUnits } from '../../messages/react';
import { useNames } from '../../messages/useNames';
import type { Entry } from '../../model/alertBook';
import { sampleValue } from '../../model/query';
import { family, nameOf, severity, titleOf } from './groups';
import styles from './AlertRow.module.css';

/** Labels that the row tells in other ways. */
const TOLD = ['alertname', 'severity', 'family'];

export const AlertRow = memo(function AlertRow({ entry, openedAt }: { entry: Entry; openedAt: number }) {
  const { alert, change } = entry;
  const { alerts } = useTexts();
  const units = useUnits();
  const names = useNames();
  const { labels, annotations } = alert;
  const name = nameOf(alert);
  const isDrill = labels.drill === 'true';
  const value = sampleValue(alert.value);
  const since = Date.parse(alert.activeAt);
  const mark = change && change.at > openedAt ? change : undefined;
  return (
    <li className={styles.row} data-tone={alert.state === 'firing' ? severityTone(severity(alert)) : 'quiet'}>
      {mark && mark.what !== 'value' && <span key={mark.at} className={styles.mark} aria-hidden="true" />}
      <div className={styles.main}>
        <h3 className={styles.summary}>{titleOf(alert)}</h3>
        {annotations.description && <p className={styles.description}>{annotations.description}</p>}
        <p className={styles.tags}>
          <code className={styles.name}>{name}</code>
          <Badge tone={alert.state === 'firing' ? severityTone(severity(alert)) : 'quiet'} dot>
            {alerts.states[alert.state]}
          </Badge>
          <Badge tone="quiet">{names.family(family(alert))}</Badge>
          {isDrill && (
            <span title={alerts.drillHint}>
              <Badge tone="info">{alerts.drill}</Badge>
            </span>
          )}
        </p>
        <ul role="list" className={styles.labels} aria-label={alerts.labels}>
          {Object.entries(labels)
            .filter(([label]) => !TOLD.includes(label) && !(label === 'drill' && isDrill))
            .map(([label, value]) => (
              <li key={label}>
                <span className="muted">{label}</span> {value}
              </li>
            ))}
        </ul>
      </div>
      <dl className={styles.numbers}>
        <div>
          <dt>{alerts.value}</dt>
          <dd className={styles.value}>
            {mark && <span key={mark.at} className={styles.mark} aria-hidden="true" />}
            {units.plain(value)}
          </dd>
        </div>
        <div>
          <dt>{alerts.since}</dt>
          <dd>
            {units.time(alert.activeAt)}
            {!Number.isNaN(since) && (
              <span className={styles.age}>
                <Age since={since} say={alerts.ago} />
              </span>
            )}
          </dd>
        </div>
      </dl>
    </li>
  );
});
