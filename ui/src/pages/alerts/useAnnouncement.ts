// Tells screen readers which alerts began to fire: politely, and not more often than they can listen to.

import { useEffect, useRef, useState } from 'react';

import { begunToFire, type AlertBook } from '../../model/alertBook';

const EVERY_MS = 10_000;

/** The names to announce, until the next ones come. */
export function useAnnouncement(book: AlertBook | undefined): string[] {
  const [names, setNames] = useState<string[]>([]);
  const [openedAt] = useState(Date.now);
  const heardUntil = useRef(openedAt);
  const saidAt = useRef(0);
  useEffect(() => {
    if (!book) return;
    const begun = begunToFire(book, heardUntil.current);
    if (begun.length === 0) return;
    const wait = Math.max(0, saidAt.current + EVERY_MS - Date.now());
    // A frame that comes meanwhile starts this anew, with what it has brought besides.
    const timer = setTimeout(() => {
      heardUntil.current = saidAt.current = Date.now();
      setNames(begun);
    }, wait);
    return () => {
      clearTimeout(timer);
    };
  }, [book]);
  return names;
}
