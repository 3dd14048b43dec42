// What goes wrong in the platform, for which service, and how fast somebody answers.

import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactNode } from 'react';

import { Button } from '../../components/Button';
import { Card } from '../../components/Card';
import { Guard } from '../../components/Guard';
import { Note } from '../../components/Note';
import { useTexts, useUnits } from '../../messages/react';
import { DetailsCard } from './DetailsCard';
import { OpenNow } from './OpenNow';
import { PeriodChoice } from './PeriodChoice';
import { Speed } from './Speed';
import { Together } from './Together';
import { TroubleNote } from './TroubleNote';
import { INCIDENTS, useByService, useDetails, useSummary } from './queries';
import { sharedTrouble, troubleOf, type Trouble } from './trouble';
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
  const shared = sharedTrouble(questions.map(({ error }) => error));
  const troubleIn = (error: Error | null) => (error && !shared ? troubleOf(error) : undefined);
  const inSummary = { ...summary, trouble: troubleIn(summary.error) };
  return (
    <div className={styles.stack}>
      <div className={styles.head}>
        <h1>{incidents.title}</h1>
        <Refresh answers={questions.map(({ dataUpdatedAt }) => dataUpdatedAt)} />
      </div>
      {shared && <TroubleNote trouble={shared} kept={questions.some(({ data }) => data !== undefined)} />}
      <PeriodChoice
        period={filters.period}
        onChange={(period) => {
          const isTyped = period.is === 'own' && filters.period.is === 'own';
          choose({ ...filters, period }, isTyped ? 'replace' : 'push');
        }}
      />
      <div className={styles.pair}>
        <Answered title={incidents.openNow.title} answer={{ ...byService, trouble: troubleIn(byService.error) }}>
          {(services) =>
            services.length === 0 ? (
              <Note>{incidents.none}</Note>
            ) : (
              <OpenNow
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
          {({ overall }) => <Together totals={overall} />}
        </Answered>
      </div>
      <Answered title={incidents.speed.title} answer={inSummary}>
        {(data) => <Speed summary={data} />}
      </Answered>
      <div ref={list} className={styles.list}>
        <Guard title={incidents.details} of={details.data}>
          <DetailsCard
            details={details}
            filters={filters}
            services={byService.data?.map(({ service }) => service) ?? []}
            trouble={troubleIn(details.error)}
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
  trouble: Trouble | undefined;
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
  const { data, isError, isLoading, isPlaceholderData, trouble } = props.answer;
  const { app, incidents } = useTexts();
  return (
    <Card
      title={props.title}
      stale={data !== undefined && (isError || isPlaceholderData)}
      above={trouble && <TroubleNote trouble={trouble} kept={data !== undefined} />}
    >
      {data === undefined ? (
        <p className="muted">{isLoading ? app.loading : incidents.notAnswered}</p>
      ) : (
        props.children(data)
      )}
    </Card>
  );
}
