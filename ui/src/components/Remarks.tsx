// What is to be known of an answer besides its values: what of it is not drawn, and what Prometheus has warned of.

import { useTexts } from '../messages/react';
import type { Undrawn } from '../model/query';
import { LongText } from './LongText';
import { Note } from './Note';
import styles from './Remarks.module.css';

const NONE: readonly string[] = [];

/** All of it in words. */
export function useRemarks(): (undrawn: readonly Undrawn[], warnings: readonly string[] | undefined) => string[] {
  const { remarks } = useTexts();
  return (undrawn, warnings = NONE) => [
    ...undrawn.map((one) => (one.is === 'type' ? remarks.type(one.type) : remarks[one.is](one.series))),
    ...warnings.map(remarks.warning),
  ];
}

/** As a note of a card, or in the small print of a tile. */
export function Remarks({ texts, small = false }: { texts: readonly string[]; small?: boolean }) {
  if (texts.length === 0) return null;
  const items = (
    <ul role="list" className={styles.remarks}>
      {texts.map((text) => (
        <li key={text}>{small ? <LongText most={80}>{text}</LongText> : <LongText>{text}</LongText>}</li>
      ))}
    </ul>
  );
  return small ? items : <Note tone="warning">{items}</Note>;
}
