// One alert of the catalogue: what it is about, where it stands, the buttons; and its stages, once it was triggered.

import { useRef } from 'react';

import { Badge, type Tone } from '../../components/Badge';
import { Button } from '../../components/Button';
import { severityTone } from '../../components/tone';
import { useTexts, useUnits } from '../../messages/react';
import { useNames } from '../../messages/useNames';
import { firingElsewhere, secondsToFire, type Condition, type Rehearsal } from '../../model/rehearsal';
import type { Stage, Timeline } from '../../model/timeline';
import { book } from '../../stores/alerts';
import { useStore } from '../../stores/store';
import { Refusal } from './Refusal';
import { Stages } from './Stages';
import { useChange } from './simulator';
import styles from './RehearsalRow.module.css';

const TONES: Record<Condition, Tone> = { calm: 'quiet', rising: 'warning', active: 'critical', recovering: 'info' };

/** The stages that a screen reader tells, the last first. */
const SAID: readonly Stage[] = ['resolved', 'recovered', 'here', 'triggered'];

interface Props {
  rehearsal: Rehearsal;
  timeline: Timeline | undefined;
  timeScale: number;
  stale: boolean;
}

export function RehearsalRow({ rehearsal, timeline, timeScale, stale }: Props) {
  const { rehearse } = useTexts();
  const units = useUnits();
  const names = useNames();
  const change = useChange(rehearsal);
  const trigger = useRef<HTMLButtonElement>(null);
  const { name, severity, expr, condition, value, compared } = rehearsal;
  const elsewhere = firingElsewhere(rehearsal, useStore(book)?.entries.map(({ alert }) => alert) ?? []);
  const reached = SAID.find((stage) => timeline?.moments[stage] !== undefined);
  const takes = secondsToFire(rehearsal);
  const driven = condition === 'rising' || condition === 'active';
  return (
    <li className={styles.row}>
      <div className={styles.line}>
        <div>
          <h3 className={styles.name}>
            {name} <Badge tone={severityTone(severity)}>{names.severity(severity)}</Badge>
          </h3>
          <p className={styles.must}>
            <code>{expr}</code> {rehearse.must(units.promDuration(rehearsal.for))}
            {takes !== undefined && ` · ${rehearse.takes(units.duration(takes))}`}
          </p>
        </div>
        <div className={styles.state}>
          <span title={rehearse.hints[condition]}>
            <Badge tone={TONES[condition]} dot>
              {rehearse.conditions[condition]}
            </Badge>
          </span>
          <span className={`${styles.value ?? ''} number muted`}>
            {compared !== null && rehearse.value(units.plain(compared))}
            {compared !== null && compared !== value && ' · '}
            {compared !== value && rehearse.metric(units.plain(value))}
          </span>
          {elsewhere.length > 0 && (
            <Badge tone="critical" dot>
              {rehearse.elsewhere(elsewhere.length)}
            </Badge>
          )}
        </div>
        <div className={styles.buttons}>
          <Button
            ref={trigger}
            aria-label={rehearse.triggerName(name)}
            isDisabled={driven || stale}
            isPending={change.isPending && change.variables === 'trigger'}
            onPress={() => {
              change.mutate('trigger');
            }}
          >
            {rehearse.trigger}
          </Button>
          <Button
            tone={driven ? 'main' : 'plain'}
            aria-label={rehearse.recoverName(name)}
            isDisabled={!driven || stale}
            isPending={change.isPending && change.variables === 'recover'}
            onPress={() => {
              change.mutate('recover');
            }}
          >
            {rehearse.recover}
          </Button>
        </div>
      </div>
      {/* Only as long as what it speaks of is still so. */}
      <Refusal error={change.context?.before.since === rehearsal.since ? change.error : null} />
      <p className="hidden" role="status">
        {reached && `${name}: ${rehearse.stages[reached]}`}
      </p>
      {timeline && <Stages timeline={timeline} rehearsal={rehearsal} timeScale={timeScale} focusReturnTarget={() => trigger.current} />}
    </li>
  );
}
