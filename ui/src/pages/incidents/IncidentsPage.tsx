// What goes wrong in the platform, for which service, and how fast somebody answers.

import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactNode } from 'react';

import { Button } from '../../components/Button';
import { Card } from '../../components/Card';
import { Guard } from '../../components/Guard';
import { Note } from '../../components/Note';
import { useTexts, useUnits } from '../../messages/react';
import { DetailsCard } from './DetailsCard';
import { OpenIncidentsByService } from './OpenIncidentsByService';
import { PeriodChoice } from './PeriodChoice';
import { ResponseTimesTable } from './ResponseTimesTable';
import { TotalsFigures } from './TotalsFigures';
import { RequestErrorNote } from './RequestErrorNote';
import { INCIDENTS, useByService, useDetails, useSummary } from './queries';
import { sharedError, requestErrorOf, type RequestError } from './requestError';
import { useFilters } from './useFilters';
import styles from './Incidents.module.css';

export default function IncidentsPage() {
  const { incidents } = useTexts();
  const [filters, choose] = useFilters();
  const byService = useByService();
  const summary = useSummary(filters.period);
  const details = useDetails(filters);
  const list = useRef<HTMLDivElement>(null);
  const questions = [byService, summary, details];
  const shared = sharedError(questions.map(({ error }) => error));
  const troubleIn = (error: Error | null) => (error && !shared ? requestErrorOf(error) : undefined);
  const inSummary = { ...summary, requestError: troubleIn(summary.error) };
  return (
    <div className={styles.stack}>
      <div className={styles.head}>
        <h1>{incidents.title}</h1>
        <Refresh answers={questions.map(({ dataUpdatedAt }) => dataUpdatedAt)} />
      </div>
      {shared && <RequestErrorNote requestError={shared} kept={questions.some(({ data }) => data !== undefined)} />}
      <PeriodChoice
        period={filters.period}
        onChange={(period) => {
          const isTyped = period.is === 'own' && filters.period.is === 'own';
          choose({ ...filters, period }, isTyped ? 'replace' : 'push');
        }}
      />
      <div className={styles.pair}>
        <Answered title={incidents.openNow.title} answer={{ ...byService, requestError: troubleIn(byService.error) }}>
          {(services) =>
            services.length === 0 ? (
              <Note>{incidents.none}</Note>
            ) : (
              <OpenIncidentsByService
                services={services}
                onShow={(service) => {
                  choose({ ...filters, service }, 'push');
                  list.current?.scrollIntoView();
                }}
              />
            )
          }
        </Answered>
        <Answered title={incidents.together} answer={inSummary}>
          {({ overall }) => <TotalsFigures totals={overall} />}
        </Answered>
      </div>
      <Answered title={incidents.speed.title} answer={inSummary}>
        {(data) => <ResponseTimesTable summary={data} />}
      </Answered>
      <div ref={list} className={styles.list}>
        <Guard title={incidents.details} of={details.data}>
          <DetailsCard
            details={details}
            filters={filters}
            services={byService.data?.map(({ service }) => service) ?? []}
            requestError={troubleIn(details.error)}
            onChange={(filters) => {
              choose(filters, 'push');
            }}
          />
        </Guard>
      </div>
    </div>
  );
}

/** When the oldest of the answers came, and a way to ask again at once. */
function Refresh({ answers }: { answers: number[] }) {
  const { incidents } = useTexts();
  const { time } = useUnits();
  const client = useQueryClient();
  const asking = useIsFetching({ queryKey: [INCIDENTS] }) > 0;
  const came = answers.filter((answer) => answer > 0);
  return (
    <div className={styles.refresh}>
      <span className="muted number">
        {came.length === 0 ? incidents.notAnswered : incidents.answered(time(Math.min(...came)))}
      </span>
      <Button
        isPending={asking}
        onPress={() => {
          void client.invalidateQueries({ queryKey: [INCIDENTS] });
        }}
      >
        {incidents.refresh}
      </Button>
    </div>
  );
}

interface Answer<Data> {
  data: Data | undefined;
  isError: boolean;
  isLoading: boolean;
  isPlaceholderData: boolean;
  requestError: RequestError | undefined;
}

interface AnsweredProps<Data> {
  title: string;
  answer: Answer<Data>;
  children: (data: Data) => ReactNode;
}

/** A card of one answer; while there is none, the reason. */
function Answered<Data>(props: AnsweredProps<Data>) {
  return (
    <Guard title={props.title} of={props.answer.data}>
      <AnswerCard {...props} />
    </Guard>
  );
}

function AnswerCard<Data>(props: AnsweredProps<Data>) {
  const { data, isError, isLoading, isPlaceholderData, requestError } = props.answer;
  const { app, incidents } = useTexts();
  return (
    <Card
      title={props.title}
      stale={data !== undefined && (isError || isPlaceholderData)}
      above={requestError && <RequestErrorNote requestError={requestError} kept={data !== undefined} />}
    >
      {data === undefined ? (
        <p className="muted">{isLoading ? app.loading : incidents.notAnswered}</p>
      ) : (
        props.children(data)
      )}
    </Card>
  );
}
