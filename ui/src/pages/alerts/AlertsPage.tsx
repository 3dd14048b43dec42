// The alerts that are pending or firing, and those that went lately.

import { useMemo, useState } from 'react';
import { Link } from 'wouter';

import { isOff } from '../pages';
import { useSettings } from '../../rest/settings';
import { Guard } from '../../components/Guard';
import { LongText } from '../../components/LongText';
import { Note } from '../../components/Note';
import { Remarks, useRemarks } from '../../components/Remarks';
import { LostNote, StaleNote, useIsStale } from '../../components/StaleNote';
import { useChannel } from '../../connection/react';
import { useTexts, useUnits } from '../../messages/react';
import { areAlerts } from '../../model/alert';
import type { AlertBook } from '../../model/alertBook';
import { faultOf } from '../../model/frame';
import { isObject } from '../../model/json';
import { book, skew } from '../../stores/alerts';
import { useStore } from '../../stores/store';
import { AlertGroup } from './AlertGroup';
import { Filters } from './Filters';
import { group, isAll } from './groups';
import { Resolved } from './Resolved';
import { useAnnouncement } from './useAnnouncement';
import { useSeverities } from './useSeverities';
import { useWanted } from './useWanted';
import styles from './AlertsPage.module.css';

/** How many names are announced at once: nobody listens to more. */
const TOLD = 5;
/** A difference of clocks that is said. */
const FAR_SECONDS = 30;

export default function AlertsPage() {
  const texts = useTexts();
  const { frame, ...channel } = useChannel('alerts');
  const known = useStore(book);
  const stale = useIsStale(channel);
  const news = useAnnouncement(known);
  const remark = useRemarks();
  const units = useUnits();
  const fault = faultOf(frame?.data);
  const ahead = useStore(skew) / 1000;
  const isUnknown = isObject(frame?.data) && !fault && !areAlerts(frame.data);
  const warnings = frame && [...frame.warnings.values()].flat();
  const say = (names: string[], words: (names: string, more: number) => string) =>
    names.length > 0 && words(names.slice(0, TOLD).join(', '), names.length - TOLD);
  return (
    <div className={styles.page}>
      <h1>{texts.alerts.title}</h1>
      <p className="hidden" role="status">
        {say(news.begun, texts.alerts.begun)} {say(news.ended, texts.alerts.ended)}
      </p>
      <LostNote />
      <StaleNote of="alerts" channel={channel} />
      {fault && (
        <Note tone="warning">
          <LongText>{texts.fault(fault.error)}</LongText>
        </Note>
      )}
      <Remarks texts={remark(isUnknown ? [{ is: 'type', type: '' }] : [], warnings)} />
      {Math.abs(ahead) > FAR_SECONDS && (
        <Note>{(ahead > 0 ? texts.alerts.clockBehind : texts.alerts.clockAhead)(units.duration(Math.abs(ahead)))}</Note>
      )}
      {known && (
        <Guard title={texts.alerts.title} of={known}>
          <Known book={known} stale={stale} isDoubtful={(warnings?.length ?? 0) > 0} />
        </Guard>
      )}
      {!known && !fault && !isUnknown && <Note>{texts.connection.waiting}</Note>}
    </div>
  );
}

interface KnownProps {
  book: AlertBook;
  stale: boolean;
  /** Something is to be known besides: that there is no alert does not say that all is calm. */
  isDoubtful: boolean;
}

function Known({ book: { entries, gone }, stale, isDoubtful }: KnownProps) {
  const { alerts } = useTexts();
  const [openedAt] = useState(Date.now);
  const { wanted, choose, type } = useWanted();
  const severities = useSeverities();
  const groups = useMemo(() => group(entries, wanted, severities), [entries, wanted, severities]);
  const shown = groups.reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      {(entries.length > 0 || !isAll(wanted)) && (
        <Filters
          entries={entries}
          wanted={wanted}
          severities={severities}
          shown={shown}
          onChoose={choose}
          onType={type}
        />
      )}
      {groups.map((one) => (
        <AlertGroup
          key={`${one.standing} ${one.severity} ${wanted.by}`}
          group={one}
          severities={severities}
          openedAt={openedAt}
          stale={stale}
        />
      ))}
      {entries.length > 0 && groups.length === 0 && <Note>{alerts.noneWanted}</Note>}
      {entries.length === 0 && (stale ? <Note>{alerts.noneThen}</Note> : isDoubtful ? <Note>{alerts.noneTold}</Note> : <Calm />)}
      <Resolved gone={gone} />
    </>
  );
}

function Calm() {
  const { alerts } = useTexts();
  const canRehearse = !isOff('rehearse', useSettings().data);
  return (
    <section className={styles.calm}>
      <span className={styles.calmSign} aria-hidden="true">
        ✓
      </span>
      <h2>{alerts.calm}</h2>
      <p className="muted">
        {alerts.calmMore} {canRehearse && alerts.calmTry}
      </p>
      {canRehearse && (
        <Link href="/rehearse" className={styles.calmLink ?? ''}>
          {alerts.rehearse}
        </Link>
      )}
    </section>
  );
}
