// What known queries are called on the page; any other goes by its own name.

import { useTexts } from '../../messages/react';

export function useNames(): (query: string) => string {
  const { queries } = useTexts().live;
  return (query) => (Object.hasOwn(queries, query) ? queries[query as keyof typeof queries] : query);
}
