// One number, how it came there, and what it is.

import { useId, type ReactNode } from 'react';

import styles from './Tile.module.css';

interface Props {
  title: string;
  value: string;
  stale: boolean;
  /** What else is to be known of the value. */
  caption?: string | undefined;
  /** Below the value: a line, or bars. */
  children?: ReactNode;
}

export function Tile({ title, value, stale, caption, children }: Props) {
  const id = useId();
  return (
    <section className={styles.tile} aria-labelledby={id} data-stale={stale || undefined}>
      <h2 id={id} className={styles.title} title={title}>
        {title}
      </h2>
      <p className={styles.value}>{value}</p>
      {children}
      {caption !== undefined && <p className={styles.caption}>{caption}</p>}
    </section>
  );
}
