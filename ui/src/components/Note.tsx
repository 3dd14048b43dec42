// A line that tells something: nothing is there, something is wrong.

import type { ReactNode } from 'react';

import styles from './Note.module.css';

export function Note({ tone = 'quiet', children }: { tone?: 'quiet' | 'warning' | 'critical'; children: ReactNode }) {
  return (
    <p className={styles.note} data-tone={tone} role={tone === 'quiet' ? undefined : 'status'}>
      {children}
    </p>
  );
}
