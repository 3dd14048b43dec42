// The incidents one by one, newest first.

import { Ago } from '../../components/Ago';
import { Badge, type Tone } from '../../components/Badge';
import { Table, type Column } from '../../components/Table';
import { severityTone } from '../../components/tone';
import type { Incident } from '../../model/incident';
import { dateOf, UNKNOWN } from '../../model/units';
import { entry, inWords } from '../../model/words';
import { useTexts, useUnits } from '../../messages/react';
import { useNow } from '../../stores/clock';

/** The platform may have other statuses than these: they are quiet. */
const TONES: Record<string, Tone> = { open: 'critical', acknowledged: 'warning', resolved: 'good' };
/** How often "5 minutes ago" is looked at again. */
const AGES_EVERY_MS = 10_000;

export function Details({ rows }: { rows: Incident[] }) {
  const { incidents } = useTexts();
  const now = useNow(AGES_EVERY_MS);
  const columns: Column<Incident>[] = [
    { id: 'title', title: incidents.incident, cell: ({ title }) => title ?? UNKNOWN },
    {
      id: 'status',
      title: incidents.status,
      cell: ({ status }) =>
        status === null ? (
          UNKNOWN
        ) : (
          <Badge tone={entry(TONES, status) ?? 'quiet'} dot>
            {inWords(incidents.statuses, status)}
          </Badge>
        ),
    },
    {
      id: 'severity',
      title: incidents.severity,
      cell: ({ severity }) =>
        severity === null ? (
          UNKNOWN
        ) : (
          <Badge tone={severityTone(severity)}>{inWords(incidents.severities, severity)}</Badge>
        ),
    },
    { id: 'service', title: incidents.service, cell: ({ service }) => service },
    { id: 'created', title: incidents.created, cell: ({ created_at }) => <Ago at={created_at} now={now} /> },
    {
      id: 'mtta',
      title: 'MTTA',
      number: true,
      cell: ({ mtta_seconds, acknowledged_at }) => <Took seconds={mtta_seconds} until={acknowledged_at} />,
    },
    {
      id: 'mttr',
      title: 'MTTR',
      number: true,
      cell: ({ mttr_seconds, resolved_at }) => <Took seconds={mttr_seconds} until={resolved_at} />,
    },
  ];
  return <Table label={incidents.title} columns={columns} rows={rows} rowKey={({ id }) => id} />;
}

/** How long it took, and until when to whoever points at it. */
function Took({ seconds, until }: { seconds: number | null; until: string | null }) {
  const units = useUnits();
  const text = units.duration(seconds);
  const date = dateOf(until);
  if (!date) return text;
  return (
    <time dateTime={date.toISOString()} title={units.dateTime(until)}>
      {text}
    </time>
  );
}
