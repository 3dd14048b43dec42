// What known queries are called on the page; any other goes by its own name.

import { useTexts } from '../../messages/react';
import { inWords } from '../../model/words';

export function useQueryName(): (query: string) => string {
  const { queries } = useTexts().live;
  return (query) => inWords(queries, query);
}
