// What is wrong stays said while it is tried again: a query that was never answered forgets its error as it tries.

import { useState } from 'react';

export function useLastError({ error, isPending }: { error: Error | null; isPending: boolean }): Error | null {
  const [last, keep] = useState(error);
  const now = isPending ? last : error;
  if (now !== last) keep(now);
  return now;
}
