// What a server has said, of whatever length: its beginning, and all of it when somebody wants to read it.

import { useTexts } from '../messages/react';
import styles from './LongText.module.css';

interface Props {
  /** Of a text that is longer, so many characters are shown at first. */
  most?: number;
  children: string;
}

export function LongText({ most = 200, children: text }: Props) {
  const { app } = useTexts();
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  return (
    <details className={styles.long}>
      <summary>
        <span className={styles.beginning}>{characters.slice(0, most).join('')}…</span>
        <span className={styles.less}>{app.less}</span>
      </summary>
      {text}
    </details>
  );
}
