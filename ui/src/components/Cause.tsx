// Why the connection cannot be opened, as far as the gateway knows, and what to add to the proxy before it.

import { useTexts } from '../messages/react';
import { entry } from '../model/words';
import { diagnosis, type Diagnosis } from '../stores/diagnosis';
import { useStore } from '../stores/store';
import { Lines } from './Lines';
import { LongText } from './LongText';
import styles from './Cause.module.css';

/** What is missing in nginx's settings, by the word for the problem. */
const NGINX: Record<string, string> = {
  origin: 'proxy_set_header Host $http_host;',
  upgrade: 'proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection "upgrade";',
};

export function Cause() {
  const found = useStore(diagnosis);
  if (found === undefined || found === 'silent') return null;
  return <Told {...found} />;
}

function Told({ problem, host, advice }: Exclude<Diagnosis, 'silent' | undefined>) {
  const { cause } = useTexts().connection;
  const lines = problem === null ? undefined : entry(NGINX, problem);
  const text = () => {
    switch (problem) {
      case null:
        return cause.unseen;
      case 'origin':
        return cause.origin(host ?? '–', location.host);
      case 'upgrade':
        return cause.upgrade;
      case 'sessions':
        return cause.sessions;
      default:
        return <LongText most={400}>{advice ?? problem}</LongText>;
    }
  };
  return (
    <div className={styles.cause}>
      <div>{text()}</div>
      {lines !== undefined && (
        <>
          <div>{cause.nginx}</div>
          <Lines>{lines}</Lines>
        </>
      )}
    </div>
  );
}
