// How fast the incidents of each service were answered.

import { Note } from '../../components/Note';
import { Table, type Column } from '../../components/Table';
import type { Summary } from '../../model/incident';
import { useTexts, useUnits } from '../../messages/react';
import styles from './Incidents.module.css';

type Row = Summary['services'][number];

export function ResponseTimesTable({ summary: { overall, services } }: { summary: Summary }) {
  const { incidents } = useTexts();
  const { number, duration } = useUnits();
  const { speed, counts } = incidents;
  const columns: Column<Row>[] = [
    { id: 'service', title: incidents.service, cell: ({ service }) => service },
    { id: 'count', title: incidents.count, number: true, cell: ({ count }) => number(count) },
    { id: 'open', title: counts.open, number: true, cell: ({ open }) => number(open) },
    { id: 'ack', title: counts.acknowledged, number: true, cell: ({ acknowledged }) => number(acknowledged) },
    { id: 'resolved', title: counts.resolved, number: true, cell: ({ resolved }) => number(resolved) },
    { id: 'mtta', title: incidents.mttaMean, number: true, cell: ({ mtta }) => duration(mtta.mean) },
    { id: 'mtta90', title: incidents.mttaP90, number: true, cell: ({ mtta }) => duration(mtta.p90) },
    { id: 'mttr', title: incidents.mttrMean, number: true, cell: ({ mttr }) => duration(mttr.mean) },
    { id: 'mttr90', title: incidents.mttrP90, number: true, cell: ({ mttr }) => duration(mttr.p90) },
  ];
  return (
    <div className={styles.stack}>
      {services.length === 0 ? (
        <Note>{speed.none}</Note>
      ) : (
        <Table label={speed.title} columns={columns} rows={services} rowKey={({ service }) => service} />
      )}
      {overall.excluded > 0 && <Note tone="warning">{speed.excluded(number(overall.excluded))}</Note>}
    </div>
  );
}
