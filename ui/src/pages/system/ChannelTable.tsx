// What each channel has brought, and when. While it is shown, it subscribes to all of them.

import { useId } from 'react';

import { Age } from '../../components/Age';
import { Badge } from '../../components/Badge';
import { LongText } from '../../components/LongText';
import { Note } from '../../components/Note';
import { useIsStale } from '../../components/StaleNote';
import { Table, type Column } from '../../components/Table';
import { useChannel, usePoll } from '../../connection/react';
import { useTexts, useUnits } from '../../messages/react';
import { UNKNOWN } from '../../model/units';
import styles from './System.module.css';

type Row = ReturnType<typeof useChannel> & { name: string };

export function ChannelTable() {
  const { instant, metrics } = usePoll();
  const rows: Row[] = [
    { name: 'instant', ...instant },
    { name: 'range', ...useChannel('range') },
    { name: 'metrics', ...metrics },
    { name: 'alerts', ...useChannel('alerts') },
  ];
  const { system } = useTexts();
  const { number, time } = useUnits();
  const columns: Column<Row>[] = [
    { id: 'channel', title: system.channel, cell: ({ name }) => <code>{name}</code> },
    { id: 'state', title: system.state, cell: (row) => <StateBadge {...row} /> },
    { id: 'seq', title: system.seq, number: true, cell: ({ frame }) => number(frame?.seq) },
    {
      id: 'beat',
      title: system.beat,
      number: true,
      cell: ({ goodAt }) => (goodAt === undefined ? UNKNOWN : <time dateTime={new Date(goodAt).toISOString()}>{time(goodAt)}</time>),
    },
    {
      id: 'age',
      title: system.age,
      number: true,
      cell: ({ goodAt }) => (goodAt === undefined ? UNKNOWN : <Age since={goodAt} say={(span) => span} />),
    },
  ];
  return (
    <>
      <Table label={system.channels} columns={columns} rows={rows} rowKey={({ name }) => name} />
      <Warned rows={rows} />
    </>
  );
}

/** What Prometheus has said of the latest answers. */
function Warned({ rows }: { rows: Row[] }) {
  const { system } = useTexts();
  const id = useId();
  const said = rows.flatMap(({ name, frame }) =>
    [...(frame?.warnings ?? [])].flatMap(([query, texts]) => texts.map((text) => ({ name, query, text }))),
  );
  if (said.length === 0) return null;
  return (
    <div className={styles.warned}>
      <Note tone="warning">
        <strong id={id}>{system.warnings}</strong>
        <ul aria-labelledby={id} className={styles.warnings}>
          {said.map(({ name, query, text }) => (
            <li key={`${name} ${query} ${text}`}>
              <code>{name}</code> · <code>{query}</code>
              <div>
                <LongText>{text}</LongText>
              </div>
            </li>
          ))}
        </ul>
      </Note>
    </div>
  );
}

function StateBadge({ frame, goodAt, stale }: Row) {
  const { system } = useTexts();
  const { time } = useUnits();
  const isStale = useIsStale({ stale });
  if (!frame) return <Badge tone="quiet">{system.silent}</Badge>;
  if (!isStale) return <Badge tone="good">{system.fresh}</Badge>;
  return <Badge tone="warning">{goodAt === undefined ? system.old : system.stale(time(goodAt))}</Badge>;
}
