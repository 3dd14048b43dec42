// The filters of the page, kept in its address: a reload or a link shows the same, and Back what was before.

import { useMemo } from 'react';

import { useChosen, type Step } from '../../stores/address';
import { readFilters, writeFilters, type Filters } from './filters';

export function useFilters(): [Filters, (filters: Filters, step: Step) => void] {
  const [query, choose] = useChosen();
  const filters = useMemo(() => readFilters(query), [query]);
  return [
    filters,
    (filters, step) => {
      choose(writeFilters(filters), step);
    },
  ];
}
