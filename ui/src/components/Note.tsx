// A line that tells something: nothing is there, something is wrong.

import type { ReactNode } from 'react';

import styles from './Note.module.css';

// A status that comes together with its text is not always heard; an alert is. What is stale, the connection's badge says.
const ROLES = { quiet: undefined, warning: 'status', critical: 'alert' } as const;

export function Note({ tone = 'quiet', children }: { tone?: 'quiet' | 'warning' | 'critical'; children: ReactNode }) {
  return (
    <div className={styles.note} data-tone={tone} role={ROLES[tone]}>
      {children}
    </div>
  );
}
