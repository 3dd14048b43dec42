// What the page asks about incidents, again and again while it is looked at.

import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery, useQuery, type InfiniteData } from '@tanstack/react-query';

import { readIncidents, readServices, readSummary } from '../../model/incident';
import { askFor } from '../../rest/ask';
import { BY_SERVICE_URL, detailsUrl, isBackwards, summaryUrl, type Filters, type Period } from './filters';

/** The first part of every key here. */
export const INCIDENTS = 'incidents';
const EVERY_MS = 30_000;
/** Of the list of incidents. */
const FEW_PAGES = 3;

export function useByService() {
  return useQuery({
    queryKey: [INCIDENTS, 'by-service'],
    queryFn: ({ signal }) => askFor(readServices, BY_SERVICE_URL, { signal }),
    refetchInterval: EVERY_MS,
  });
}

export function useSummary(period: Period) {
  return useQuery({
    queryKey: [INCIDENTS, 'summary', period],
    queryFn: ({ signal }) => askFor(readSummary, summaryUrl(period, Date.now()), { signal }),
    enabled: !isBackwards(period),
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
  });
}

export function useDetails(filters: Filters) {
  return useInfiniteQuery(detailsOf(filters));
}

export function detailsOf(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: [INCIDENTS, 'details', filters],
    queryFn: ({ pageParam, signal }) => askFor(readIncidents, detailsUrl(filters, pageParam, Date.now()), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    select: ({ pages }) => ({ rows: pages.flatMap(({ data }) => data), isLong: pages.length > FEW_PAGES }),
    enabled: !isBackwards(filters.period),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (isAskedAgain(state) ? EVERY_MS : false),
    refetchOnWindowFocus: ({ state }) => isAskedAgain(state),
    refetchOnReconnect: ({ state }) => isAskedAgain(state),
    refetchOnMount: ({ state }) => isAskedAgain(state),
  });
}

/** A long list is not: its pages would all come anew, one after the other, and move under who reads them. */
function isAskedAgain({ data, status }: { data: InfiniteData<unknown> | undefined; status: string }): boolean {
  return status !== 'success' || (data?.pages.length ?? 0) <= FEW_PAGES;
}
