// What is searched for, kept in the page's address. What is typed is there as soon as the typing pauses: browsers refuse a
// page that changes its address with every key.

import { useEffect, useState } from 'react';

import { useChosen } from '../../stores/address';

const PAUSE_MS = 300;
const KEY = 'text';

/** The search, and how to change it; what is typed is no step for Back. */
export function useSearch(): [string, (search: string) => void] {
  const [query, write] = useChosen();
  const [typed, type] = useState<string>();
  useEffect(() => {
    if (typed === undefined) return;
    const timer = setTimeout(() => {
      write(typed === '' ? '' : new URLSearchParams({ [KEY]: typed }).toString(), 'replace');
      type(undefined);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, write]);
  return [typed ?? new URLSearchParams(query).get(KEY) ?? '', type];
}
