// Tells screen readers which alerts began to fire and which do not fire any more: once each, politely, and not more often
// than they can listen to.

import { useEffect, useRef, useState } from 'react';

import { firing, news, type AlertBook, type News } from '../../model/alertBook';

const EVERY_MS = 10_000;

/** What to announce, until there is more. What fires when the page is opened stands in its list. */
export function useAnnouncement(book: AlertBook | undefined): News {
  const [announced, announce] = useState<News>({ begun: [], ended: [] });
  const known = useRef<ReadonlySet<string>>(undefined);
  const announcedAt = useRef(0);
  useEffect(() => {
    if (!book) return;
    const now = firing(book);
    known.current ??= now;
    const fresh = news(known.current, now);
    if (fresh.begun.length + fresh.ended.length === 0) return;
    const wait = Math.max(0, announcedAt.current + EVERY_MS - Date.now());
    // A frame that comes meanwhile starts this anew: what it takes back is never announced.
    const timer = setTimeout(() => {
      known.current = now;
      announcedAt.current = Date.now();
      announce(fresh);
    }, wait);
    return () => {
      clearTimeout(timer);
    };
  }, [book]);
  return announced;
}
