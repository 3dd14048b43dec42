// The card of the list: its filters, the list as far as it was asked for, and the way to more of it.

import { useRef } from 'react';

import { Button } from '../../components/Button';
import { Card } from '../../components/Card';
import { Note } from '../../components/Note';
import { useTexts } from '../../messages/react';
import { Details } from './Details';
import { DetailFilters } from './DetailFilters';
import { RequestErrorNote } from './RequestErrorNote';
import { writeFilters, type Filters } from './filters';
import type { useDetails } from './queries';
import type { RequestError } from './requestError';
import styles from './Incidents.module.css';

interface Props {
  details: ReturnType<typeof useDetails>;
  filters: Filters;
  services: string[];
  requestError: RequestError | undefined;
  onChange: (filters: Filters) => void;
}

export function DetailsCard({ details, filters, services, requestError, onChange }: Props) {
  const { app, incidents } = useTexts();
  const { data, isError, isLoading, isPlaceholderData } = details;
  const list = useRef<HTMLDivElement>(null);
  return (
    <Card
      title={incidents.details}
      stale={data !== undefined && (isError || isPlaceholderData)}
      above={
        <>
          <DetailFilters filters={filters} services={services} onChange={onChange} />
          {requestError && <RequestErrorNote requestError={requestError} kept={data !== undefined} />}
        </>
      }
    >
      {!data && <p className="muted">{isLoading ? app.loading : incidents.notAnswered}</p>}
      {data?.rows.length === 0 && <Note>{writeFilters(filters) === '' ? incidents.none : incidents.noneMatch}</Note>}
      {data && data.rows.length > 0 && (
        <div ref={list} className={styles.stack}>
          <Details rows={data.rows} />
          <More
            details={details}
            count={data.rows.length}
            isLong={data.isLong}
            focusReturnTarget={() => list.current?.querySelectorAll<HTMLElement>('tbody tr')[data.rows.length]}
          />
        </div>
      )}
    </Card>
  );
}

interface MoreProps {
  details: Props['details'];
  count: number;
  isLong: boolean;
  /** The first row that the last press has brought: it gets the focus when there is nothing more to press for. */
  focusReturnTarget: () => HTMLElement | undefined;
}

function More({ details, count, isLong, focusReturnTarget }: MoreProps) {
  const { incidents } = useTexts();
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = details;
  return (
    <div className={styles.more}>
      <span className="muted" role="status">
        {hasNextPage ? incidents.shown(count) : incidents.all(count)} {isLong && incidents.long}
      </span>
      {hasNextPage && (
        <Button
          isPending={isFetchingNextPage}
          focusReturnTarget={focusReturnTarget}
          onPress={() => {
            void fetchNextPage();
          }}
        >
          {incidents.more}
        </Button>
      )}
    </div>
  );
}
