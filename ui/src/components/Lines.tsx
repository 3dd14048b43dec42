// Lines of a settings file, to be copied as they stand.

import styles from './Lines.module.css';

export function Lines({ children }: { children: string }) {
  return (
    <pre className={styles.lines}>
      <code>{children}</code>
    </pre>
  );
}
