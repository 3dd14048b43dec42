// The stages of an alert that was triggered, with the seconds they took, and what it waits for.

import { useRef, useState } from 'react';
import { Link } from 'wouter';

import { Button } from '../../components/Button';
import { useTexts, useUnits } from '../../messages/react';
import { isOver, show, type Shown, type Timeline } from '../../model/timeline';
import { setOff } from '../../model/rehearsal';
import { book, forget } from '../../stores/alerts';
import { useNow } from '../../stores/clock';
import { useStore } from '../../stores/store';
import { suppression } from '../alerts/suppression';
import { waiting, type Rule } from './waiting';
import styles from './Stages.module.css';

/** Closer together, two stages are one moment to a person. */
const SAME_MOMENT_SECONDS = 0.1;

interface Props extends Rule {
  timeline: Timeline;
  /** What gets the focus when the panel is closed. */
  focusReturnTarget: () => HTMLElement | null;
}

export function Stages({ timeline, rehearsal, timeScale, focusReturnTarget }: Props) {
  const { rehearse, alerts } = useTexts();
  const units = useUnits();
  const now = useNow(500);
  const known = useStore(book)?.entries.map(({ alert }) => alert) ?? [];
  const quiet = setOff(rehearsal, known)?.suppressed;
  const stages = show(timeline, rehearsal.condition, now);
  // It fires, and nobody is notified.
  const isQuiet = quiet !== undefined && stages.some(({ stage, is }) => stage === 'recovered' && is === 'now');
  const last = stages.findLast(({ is }) => is === 'done');
  const current = stages.find(({ is }) => is === 'now');
  const over = isOver(timeline, rehearsal.condition);
  const [opened, setOpened] = useState(false);
  const isOpen = timeline.asked || opened; // those that a scenario has triggered are many
  // What waits for somebody to press a button takes no time.
  const total = (current?.stage === 'recovered' ? undefined : current?.total) ?? last?.total;
  const list = useRef<HTMLOListElement>(null);
  return (
    <div className={styles.panel}>
      {isOpen && (
        <ol ref={list} role="list" className={styles.stages} aria-label={rehearse.stagesOf(timeline.name)}>
          {stages.map((shown) => (
            <StageItem key={shown.stage} shown={shown} />
          ))}
        </ol>
      )}
      <div className={styles.foot}>
        <p className={styles.words}>
          {!isOpen && last && !isQuiet && (
            <strong>
              {total === undefined
                ? rehearse.stages[last.stage]
                : rehearse.at(rehearse.stages[last.stage], units.duration(Math.max(1, Math.round(total))))}
              .{' '}
            </strong>
          )}
          {quiet && <strong>{suppression(quiet, alerts.quiet, units)} </strong>}
          {isQuiet && rehearse.waits.suppressed}
          {current && !isQuiet && waiting({ rehearsal, timeScale }, timeline, current, now, rehearse, units)}
          {over && (timeline.moments.resolved === undefined ? rehearse.overEarly : rehearse.over)}
        </p>
        <span className={styles.links}>
          {!isOpen && (
            <Button
              aria-label={rehearse.showStagesOf(timeline.name)}
              focusReturnTarget={() => list.current}
              onPress={() => {
                setOpened(true);
              }}
            >
              {rehearse.showStages}
            </Button>
          )}
          <Link href="/alerts">{rehearse.see}</Link>
          {over && (
            <Button
              aria-label={rehearse.closeName(timeline.name)}
              focusReturnTarget={focusReturnTarget}
              onPress={() => {
                forget([timeline.name]);
              }}
            >
              {rehearse.close}
            </Button>
          )}
        </span>
      </div>
    </div>
  );
}

function StageItem({ shown: { stage, is, at, seconds, total } }: { shown: Shown }) {
  const { rehearse } = useTexts();
  const units = useUnits();
  const span = (seconds: number) => units.duration(is === 'now' ? Math.floor(seconds) || 1 : seconds);
  const took = () => {
    if (is === 'missed') return rehearse.missed;
    if (at === 'earlier') return rehearse.earlier;
    if (seconds === undefined) return typeof at === 'number' ? units.time(at) : '';
    if (is === 'done' && seconds < SAME_MOMENT_SECONDS) return rehearse.sameMoment;
    return rehearse.after(span(seconds));
  };
  return (
    <li className={styles.stage} data-is={is} aria-current={is === 'now' ? 'step' : undefined}>
      <span className={styles.dot} aria-hidden="true">
        {is === 'done' && '✓'}
      </span>
      <span className={styles.text}>
        <span className={styles.label}>
          {rehearse.stages[stage]}
          <span className="hidden"> ({rehearse.is[is]})</span>
        </span>
        <span className={styles.hint}>{rehearse.stageHints[stage]}</span>
        <span className={styles.took} data-quiet={is === 'missed' || at === 'earlier' || undefined}>
          {took()}
        </span>
        {total !== undefined && seconds !== undefined && (
          <span className={`${styles.hint ?? ''} ${styles.total ?? ''}`}>{rehearse.total(span(total))}</span>
        )}
      </span>
    </li>
  );
}
