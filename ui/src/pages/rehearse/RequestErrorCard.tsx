// Why there is nothing to rehearse with, and what to do about it.

import { useTexts } from '../../messages/react';
import { sentence } from '../../model/words';
import { AnswerError } from '../../rest/ask';
import { explain } from '../../rest/explain';
import { ForeignOrigin, useSimulatorUrl } from './simulator';
import styles from './Trouble.module.css';

export function Trouble({ error }: { error: Error }) {
  const texts = useTexts();
  const { trouble } = texts.rehearse;
  const url = useSimulatorUrl();
  if (error instanceof ForeignOrigin) {
    return (
      <Panel title={trouble.origin}>
        <p>{trouble.originAt(url, location.origin)}</p>
        <Command>{`MOCK_METRICS__CONTROL__ALLOWED_ORIGINS=${location.origin} target/release/mock-metrics`}</Command>
        <p>{trouble.originBetter('http://localhost:8005')}</p>
      </Panel>
    );
  }
  if (error instanceof AnswerError && error.status > 0) {
    return (
      <Panel title={trouble.refused}>
        <p>{sentence(explain(error, texts))}</p>
      </Panel>
    );
  }
  return (
    <Panel title={trouble.unreachable}>
      <p>{trouble.unreachableAt(url)}</p>
      <p>{trouble.startAll}</p>
      <Command>make run</Command>
      <p>{trouble.startOnly}</p>
      <Command>target/release/mock-metrics</Command>
      <p>{trouble.elsewhere}</p>
      <Command>SERVICE_METRICS__UI__SIMULATOR_URL=http://localhost:8082 target/release/service-metrics</Command>
    </Panel>
  );
}

function Panel({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className={styles.panel}>
      <div role="alert">
        <h2>{title}</h2>
      </div>
      {children}
    </section>
  );
}

function Command({ children }: { children: string }) {
  return (
    <pre className={styles.command} tabIndex={0}>
      <code>{children}</code>
    </pre>
  );
}
