// A word or a number with a tone.

import type { ReactNode } from 'react';

import styles from './Badge.module.css';

export type Tone = 'good' | 'warning' | 'critical' | 'info' | 'quiet';

export function Badge({ tone, dot = false, children }: { tone: Tone; dot?: boolean; children: ReactNode }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {dot && <span className={styles.dot} aria-hidden="true" />}
      <span className={styles.text}>{children}</span>
    </span>
  );
}
