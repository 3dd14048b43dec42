// A chart in words, for screen readers: of each line its least, greatest and last value.

import { memo } from 'react';

import type { Columns } from '../model/align';
import { useTexts } from '../messages/react';
import type { Format } from './axis';
import { summary } from './summary';

interface Props {
  label: string;
  lines: readonly { key: string; name: string }[];
  columns: Columns;
  format: Format;
}

export const SummaryTable = memo(function SummaryTable({ label, lines, columns, format }: Props) {
  const { chart } = useTexts();
  return (
    <div className="hidden">
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{chart.line}</th>
            <th scope="col">{chart.least}</th>
            <th scope="col">{chart.greatest}</th>
            <th scope="col">{chart.last}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ key, name }, index) => {
            const { least, greatest, last } = summary(columns.values[index] ?? []);
            return (
              <tr key={key}>
                <th scope="row">{name}</th>
                <td>{format(least)}</td>
                <td>{format(greatest)}</td>
                <td>{format(last)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
});
