// One number, how it came there, and what it is.

import { useId, type ReactNode } from 'react';

import { Remarks } from '../../components/Remarks';
import styles from './Tile.module.css';

const NONE: readonly string[] = [];

interface Props {
  title: string;
  value: string;
  stale: boolean;
  /** What else is to be known of the value. */
  caption?: ReactNode;
  /** What is to be known of its answer. */
  remarks?: readonly string[];
  /** Below the value: a line, or bars. */
  children?: ReactNode;
}

export function Tile({ title, value, stale, caption, remarks = NONE, children }: Props) {
  const id = useId();
  return (
    <section role="group" className={styles.tile} aria-labelledby={id} data-stale={stale || undefined}>
      <h2 id={id} className={styles.title} title={title}>
        {title}
      </h2>
      <p className={styles.value}>{value}</p>
      {children}
      {caption !== undefined && <div className={styles.caption}>{caption}</div>}
      <div className={styles.remarks}>
        <Remarks small texts={remarks} />
      </div>
    </section>
  );
}
