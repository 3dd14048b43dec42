// The filters of the page, kept in its address: a reload or a link shows the same.

import { useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

import { readFilters, writeFilters, type Filters } from './filters';

export function useFilters(): [Filters, (filters: Filters) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const filters = useMemo(() => readFilters(search), [search]);
  const choose = (filters: Filters) => {
    navigate(`${path}?${writeFilters(filters)}`, { replace: true });
  };
  return [filters, choose];
}
