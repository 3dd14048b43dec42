// Rows and columns; where it is narrow, a card per row. The roles stand in it because CSS that turns a row into a card
// would else take them away.

import type { ReactNode } from 'react';

import styles from './Table.module.css';

export interface Column<Row> {
  id: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the right, below each other. */
  number?: boolean;
}

interface Props<Row> {
  /** What it shows, for those who do not see where it stands. */
  label: string;
  /** The first one names its row. */
  columns: Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

export function Table<Row>({ label, columns, rows, rowKey }: Props<Row>) {
  return (
    <div className={styles.holder}>
      <table role="table" aria-label={label} className={styles.table}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ id, title, number }) => (
              <th key={id} role="columnheader" scope="col" data-number={number}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map(({ id, title, cell, number }, index) =>
                index === 0 ? (
                  <th key={id} role="rowheader" scope="row" data-number={number}>
                    {cell(row)}
                  </th>
                ) : (
                  <td key={id} role="cell" data-title={title} data-number={number}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
