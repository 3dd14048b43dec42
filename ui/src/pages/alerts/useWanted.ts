// What is wanted of the alerts, kept in the page's address. What is typed is there as soon as the typing pauses: browsers
// refuse a page that changes its address with every key.

import { useEffect, useMemo, useState } from 'react';

import { useChosen } from '../../stores/address';
import { readWanted, writeWanted, type Wanted } from './groups';

const PAUSE_MS = 300;

interface Choices {
  wanted: Wanted;
  choose: (wanted: Wanted) => void;
  type: (text: string) => void;
}

export function useWanted(): Choices {
  const [query, write] = useChosen();
  const written = useMemo(() => readWanted(query), [query]);
  const [typed, type] = useState<string>();
  const wanted = useMemo(() => (typed === undefined ? written : { ...written, text: typed }), [written, typed]);
  useEffect(() => {
    if (typed === undefined) return;
    const timer = setTimeout(() => {
      write(writeWanted({ ...written, text: typed }), 'replace');
      type(undefined);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, written, write]);
  return {
    wanted,
    type,
    choose: (wanted) => {
      write(writeWanted(wanted), 'push');
      type(undefined);
    },
  };
}
