// The alerts that are pending or firing, and those that went lately.

import { useMemo, useState } from 'react';
import { Link } from 'wouter';

import { Note } from '../../components/Note';
import { LostNote, StaleNote, useIsStale } from '../../components/StaleNote';
import { useChannel } from '../../connection/react';
import { useTexts } from '../../messages/react';
import type { AlertBook } from '../../model/alertBook';
import { isFault } from '../../model/frame';
import { book } from '../../watch/alerts';
import { useStore } from '../../watch/store';
import { AlertGroup } from './AlertGroup';
import { Filters } from './Filters';
import { ALL, group, isAll } from './groups';
import { Resolved } from './Resolved';
import { useAnnouncement } from './useAnnouncement';
import styles from './AlertsPage.module.css';

/** How many names are announced at once: nobody listens to more. */
const TOLD = 5;

export default function AlertsPage() {
  const texts = useTexts();
  const { frame, ...channel } = useChannel<unknown>('alerts');
  const known = useStore(book);
  const stale = useIsStale(channel);
  const told = useAnnouncement(known);
  const say = (names: string[], words: (names: string, more: number) => string) =>
    names.length > 0 && words(names.slice(0, TOLD).join(', '), names.length - TOLD);
  return (
    <div className={styles.page}>
      <h1>{texts.alerts.title}</h1>
      <p className="hidden" role="status">
        {say(told.begun, texts.alerts.begun)} {say(told.ended, texts.alerts.ended)}
      </p>
      <LostNote />
      <StaleNote of="alerts" channel={channel} />
      {isFault(frame?.data) && <Note tone="warning">{texts.fault(frame.data.error)}</Note>}
      {known ? (
        <Known book={known} stale={stale} />
      ) : (
        !isFault(frame?.data) && <Note>{texts.connection.waiting}</Note>
      )}
    </div>
  );
}

function Known({ book: { entries, gone }, stale }: { book: AlertBook; stale: boolean }) {
  const { alerts } = useTexts();
  const [openedAt] = useState(Date.now);
  const [wanted, want] = useState(ALL);
  const groups = useMemo(() => group(entries, wanted), [entries, wanted]);
  const shown = groups.reduce((sum, one) => sum + one.entries.length, 0);
  return (
    <>
      {(entries.length > 0 || !isAll(wanted)) && (
        <Filters entries={entries} wanted={wanted} shown={shown} onChange={want} />
      )}
      {groups.map((one) => (
        <AlertGroup key={`${one.state} ${one.severity}`} group={one} openedAt={openedAt} stale={stale} />
      ))}
      {entries.length > 0 && groups.length === 0 && <Note>{alerts.noneWanted}</Note>}
      {entries.length === 0 && (stale ? <Note>{alerts.noneThen}</Note> : <Calm />)}
      <Resolved gone={gone} />
    </>
  );
}

function Calm() {
  const { alerts } = useTexts();
  return (
    <section className={styles.calm}>
      <span className={styles.calmSign} aria-hidden="true">
        ✓
      </span>
      <h2>{alerts.calm}</h2>
      <p className="muted">{alerts.calmMore}</p>
      <Link href="/rehearse" className={styles.calmLink ?? ''}>
        {alerts.rehearse}
      </Link>
    </section>
  );
}
