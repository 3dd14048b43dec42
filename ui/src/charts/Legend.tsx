// The lines of a chart with their values; a press hides a line, or shows it again.

import { seriesColor } from './colors';
import styles from './TimeChart.module.css';

interface LegendEntry {
  key: string;
  name: string;
  value: string;
  shown: boolean;
}

export function Legend({ entries, onPress }: { entries: LegendEntry[]; onPress: (key: string) => void }) {
  return (
    <ul role="list" className={styles.legend}>
      {entries.map(({ key, name, value, shown }, index) => (
        <li key={key}>
          <button
            type="button"
            className={styles.entry}
            aria-pressed={shown}
            title={name}
            onClick={() => {
              onPress(key);
            }}
          >
            <span className={styles.swatch} style={{ background: `var(${seriesColor(index)})` }} aria-hidden="true" />
            <span className={styles.name}>{name}</span> <span className={styles.value}>{value}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
