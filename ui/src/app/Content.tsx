// Where the pages are shown. A change of page is announced to those who do not see it: the focus goes to the new one.

import { useEffect, useRef, type ReactNode } from 'react';
import { useLocation } from 'wouter';

import { useTexts } from '../messages/react';
import { PAGES } from '../pages/pages';
import styles from './App.module.css';

export function Content({ children }: { children: ReactNode }) {
  const { app } = useTexts();
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  const name = PAGES.find(([one]) => one === path)?.[1];
  const title = name && app[name];
  useEffect(() => {
    document.title = title === undefined ? app.title : `${title} – ${app.title}`;
  }, [title, app]);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <main ref={main} id="content" className={styles.content} tabIndex={-1} aria-label={title}>
      {children}
    </main>
  );
}
