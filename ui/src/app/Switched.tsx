// A page that a gateway may do without: in its place, where it is switched off, which setting switches it on.

import type { ReactNode } from 'react';

import { Lines } from '../components/Lines';
import { Note } from '../components/Note';
import { useTexts } from '../messages/react';
import { useLastError } from '../rest/lastError';
import { isOff, type Optional } from '../pages/pages';
import { useSettings } from '../rest/settings';
import styles from './Switched.module.css';

export function Switched({ page, children }: { page: Optional; children: ReactNode }) {
  const { app } = useTexts();
  const settings = useSettings();
  const error = useLastError(settings);
  // What is off must not be asked for, not even once.
  if (settings.isPending && !error) return <p className="muted">{app.loading}</p>;
  if (!isOff(page, settings.data)) return children;
  const { title, why, how } = app.off[page];
  return (
    <div className={styles.page}>
      <h1>{title}</h1>
      <Note>{why}</Note>
      <p>{how}</p>
      <Lines>{SETTINGS[page]}</Lines>
    </div>
  );
}

const SETTINGS: Record<Optional, string> = {
  incidents: '[incidents]\nenabled = true',
  rehearse: '[ui]\nsimulator_url = "http://localhost:8082"',
};
