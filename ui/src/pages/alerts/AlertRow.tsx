// One alert. It is drawn again only when something of it changes, and is marked for a moment then.

import { memo } from 'react';

import { Age } from '../../components/Age';
import { Badge } from '../../components/Badge';
import { Linked } from '../../components/Linked';
import { useTexts, useUnits } from '../../messages/react';
import { useNames } from '../../messages/useNames';
import type { Entry } from '../../model/alertBook';
import { sampleValue } from '../../model/query';
import { skew } from '../../stores/alerts';
import { useStore } from '../../stores/store';
import { family, nameOf, severity, standing, titleOf } from './groups';
import type { Severities } from './severities';
import { Suppressed } from './Suppressed';
import styles from './AlertRow.module.css';

/** Labels that the row tells in other ways. */
const TOLD = ['alertname', 'severity', 'family'];
/** And annotations. */
const SAID = ['summary', 'description'];

interface Props {
  entry: Entry;
  severities: Severities;
  openedAt: number;
  /** Of its heading. */
  level?: 3 | 4;
}

export const AlertRow = memo(function AlertRow({ entry, severities, openedAt, level = 3 }: Props) {
  const { alert, change } = entry;
  const { alerts } = useTexts();
  const units = useUnits();
  const names = useNames();
  const { labels, annotations } = alert;
  const name = nameOf(alert);
  const isDrill = labels.drill === 'true';
  const value = sampleValue(alert.value);
  // By this computer's clock, which counts on.
  const since = Date.parse(alert.activeAt) - useStore(skew);
  const tone = standing(alert) === 'firing' ? severities.tone(severity(alert)) : 'quiet';
  const Title = level === 3 ? 'h3' : 'h4';
  const isTold = titleOf(alert) === annotations.message ? [...SAID, 'message'] : SAID;
  const others = Object.entries(annotations).filter(([name, text]) => !isTold.includes(name) && text !== '');
  const mark = change && change.at > openedAt ? change : undefined;
  return (
    <li className={styles.row} data-tone={tone}>
      {mark && mark.what !== 'value' && <span key={mark.at} className={styles.mark} aria-hidden="true" />}
      <div className={styles.main}>
        <Title className={styles.summary}>{titleOf(alert)}</Title>
        {annotations.description && (
          <p className={styles.description}>
            <Linked>{annotations.description}</Linked>
          </p>
        )}
        {alert.suppressed && <Suppressed by={alert.suppressed} />}
        <p className={styles.tags}>
          <code className={styles.name}>{name}</code>
          <Badge tone={tone} dot>
            {alerts.states[standing(alert)]}
          </Badge>
          {severity(alert) !== '' && <Badge tone={tone}>{names.severity(severity(alert))}</Badge>}
          {family(alert) !== '' && <Badge tone="quiet">{names.family(family(alert))}</Badge>}
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
        {others.length > 0 && (
          <dl className={styles.others} aria-label={alerts.annotations}>
            {others.map(([name, text]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <Linked>{text}</Linked>
                </dd>
              </div>
            ))}
          </dl>
        )}
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
