// A text as it was when it last stood still: what changes with each key is said once.

import { useEffect, useState } from 'react';

const STILL_MS = 1_000;

export function useSettled(text: string): string {
  const [settled, settle] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => {
      settle(text);
    }, STILL_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  return settled;
}
