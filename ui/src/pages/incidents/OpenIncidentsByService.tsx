// How many incidents of each service are open: a bar and its number. The service leads to its incidents.

import { Button } from 'react-aria-components';

import type { ServiceCount } from '../../model/incident';
import { useTexts, useUnits } from '../../messages/react';
import styles from './OpenIncidentsByService.module.css';

export function OpenIncidentsByService({ services, onShow }: { services: ServiceCount[]; onShow: (service: string) => void }) {
  const { openNow } = useTexts().incidents;
  const { number } = useUnits();
  const most = Math.max(1, ...services.map(({ open_count }) => open_count));
  return (
    <ul role="list" className={styles.services}>
      {services.map(({ service, open_count, ack_count, resolved_count, total_incidents }) => (
        <li key={service} className={styles.service}>
          <Button
            className={styles.name ?? ''}
            aria-label={openNow.show(service)}
            onPress={() => {
              onShow(service);
            }}
          >
            {service}
          </Button>
          <span className={styles.track} aria-hidden="true">
            <span className={styles.bar} style={{ width: `${(open_count / most) * 100}%` }} />
          </span>
          <span className={styles.open}>{openNow.open(open_count, number(open_count))}</span>
          <span className={styles.rest}>
            {openNow.rest(number(ack_count), number(resolved_count), number(total_incidents))}
          </span>
        </li>
      ))}
    </ul>
  );
}
