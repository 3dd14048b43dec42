// A part of a page, with a heading.

import { useId, type ReactNode } from 'react';

import styles from './Card.module.css';

interface Props {
  title: ReactNode;
  /** What stands beside the heading. */
  tools?: ReactNode;
  /** What stands above the body and is never greyed. */
  above?: ReactNode;
  /** Greyed: what it shows is not the latest. */
  stale?: boolean;
  children: ReactNode;
}

export function Card({ title, tools, above, stale = false, children }: Props) {
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id} data-stale={stale || undefined}>
      <div className={styles.head}>
        <h2 id={id}>{title}</h2>
        {tools}
      </div>
      {above}
      <div className={styles.body}>{children}</div>
    </section>
  );
}
