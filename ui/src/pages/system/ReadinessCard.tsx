// What the gateway says of itself and of what it depends on.

import { useQuery } from '@tanstack/react-query';

import { Badge } from '../../components/Badge';
import { Card } from '../../components/Card';
import { LongText } from '../../components/LongText';
import { Note } from '../../components/Note';
import { Remarks, useRemarks } from '../../components/Remarks';
import { Table, type Column } from '../../components/Table';
import { useTexts, useUnits } from '../../messages/react';
import { entry, inWords, sentence } from '../../model/words';
import { UNKNOWN } from '../../model/units';
import { explain } from '../../rest/explain';
import { useLastError } from '../../rest/lastError';
import { askReadiness, type Check, type Readiness } from '../../rest/readiness';
import styles from './System.module.css';

const EVERY_MS = 5_000;
const TONES = { ready: 'good', degraded: 'warning', unready: 'critical' } as const;

export function ReadinessCard() {
  const texts = useTexts();
  const { app, system } = texts;
  const { time } = useUnits();
  const answer = useQuery({
    queryKey: ['readiness'],
    queryFn: ({ signal }) => askReadiness({ signal }),
    refetchInterval: EVERY_MS,
  });
  const { data, dataUpdatedAt } = answer;
  const error = useLastError(answer);
  return (
    <Card
      title={system.readiness}
      stale={data !== undefined && error !== null}
      above={
        error && (
          <Note tone="critical">
            {sentence(system.noReadiness(explain(error, texts)))} {data && system.lastKnown(time(dataUpdatedAt))}
          </Note>
        )
      }
    >
      {data ? <Checks readiness={data} /> : !error && <p className="muted">{app.loading}</p>}
    </Card>
  );
}

function Checks({ readiness: { status, checks } }: { readiness: Readiness }) {
  const { system } = useTexts();
  const { time } = useUnits();
  const columns: Column<[string, Check]>[] = [
    { id: 'check', title: system.check, cell: ([name]) => inWords(system.checks, name) },
    {
      id: 'state',
      title: system.state,
      cell: ([, { ok }]) => (
        <Badge tone={ok ? 'good' : 'critical'} dot>
          {ok ? system.works : system.fails}
        </Badge>
      ),
    },
    { id: 'since', title: system.since, cell: ([, { since }]) => <time dateTime={since}>{time(since)}</time> },
    { id: 'error', title: system.error, cell: (check) => <Fault check={check} /> },
  ];
  return (
    <div className={styles.checks}>
      <p className={styles.verdict} role="status" data-tone={TONES[status]}>
        {system.verdicts[status]}
      </p>
      <Table label={system.readiness} columns={columns} rows={Object.entries(checks)} rowKey={([name]) => name} />
    </div>
  );
}

/** What that means for whoever looks at these pages, what the gateway says is wrong, and what is not quite right. */
function Fault({ check: [name, { ok, error, warnings }] }: { check: [string, Check] }) {
  const { system } = useTexts();
  const remark = useRemarks();
  if (ok && warnings.length === 0) return UNKNOWN;
  return (
    <div className={styles.fault}>
      {!ok && (
        <div>
          {entry(system.meanings, name)} <span className="muted">{error !== null && <LongText>{error}</LongText>}</span>
        </div>
      )}
      <Remarks small texts={remark([], warnings)} />
    </div>
  );
}
