// A few numbers that matter, each with its name and perhaps a line about it.

import type { ReactNode } from 'react';

import styles from './Figures.module.css';

interface Figure {
  name: string;
  value: ReactNode;
  about?: ReactNode;
}

export function Figures({ figures }: { figures: Figure[] }) {
  return (
    <dl className={styles.figures}>
      {figures.map(({ name, value, about }) => (
        <div key={name} className={styles.figure}>
          <dt className={styles.name}>{name}</dt>
          <dd className={styles.value}>{value}</dd>
          {about !== undefined && <dd className={styles.about}>{about}</dd>}
        </div>
      ))}
    </dl>
  );
}
