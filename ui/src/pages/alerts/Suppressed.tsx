// By what Alertmanager keeps an alert quiet, and until when.

import { useTexts, useUnits } from '../../messages/react';
import type { Suppression } from '../../model/alert';
import { suppression } from './suppression';
import styles from './AlertRow.module.css';

export function Suppressed({ by }: { by: Suppression }) {
  const { alerts } = useTexts();
  const units = useUnits();
  return <p className={styles.suppressed}>{suppression(by, alerts.quiet, units)}</p>;
}
