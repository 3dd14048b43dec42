// A chart in words, for screen readers: of each line its least, greatest and last value.

import type { Columns } from '../model/align';
import { useTexts } from '../messages/react';
import type { Format } from './axis';
import { summary } from './summary';

interface Props {
  label: string;
  names: string[];
  columns: Columns;
  format: Format;
}

export function SummaryTable({ label, names, columns, format }: Props) {
  const { chart } = useTexts();
  return (
    <table className="hidden">
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
        {names.map((name, index) => {
          const { least, greatest, last } = summary(columns.values[index] ?? []);
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{format(least)}</td>
              <td>{format(greatest)}</td>
              <td>{format(last)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
