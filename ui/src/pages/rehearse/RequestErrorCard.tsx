// Why there is nothing to rehearse with, and what to do about it.

import { useTexts } from '../../messages/react';
import { sentence } from '../../model/words';
import { AnswerError } from '../../rest/ask';
import { explain } from '../../rest/explain';
import { ForeignOrigin, useSimulatorUrl } from './simulator';
import styles from './RequestErrorCard.module.css';

export function RequestErrorCard({ error }: { error: Error }) {
  const texts = useTexts();
  const { errors } = texts.rehearse;
  const url = useSimulatorUrl();
  if (error instanceof ForeignOrigin) {
    return (
      <Panel title={errors.origin}>
        <p>{errors.originAt(url, location.origin)}</p>
        <Command>{`MOCK_METRICS__CONTROL__ALLOWED_ORIGINS=${location.origin} target/release/mock-metrics`}</Command>
        <p>{errors.originBetter('http://localhost:8005')}</p>
      </Panel>
    );
  }
  if (error instanceof AnswerError && error.status > 0) {
    return (
      <Panel title={errors.refused}>
        <p>{sentence(explain(error, texts))}</p>
      </Panel>
    );
  }
  return (
    <Panel title={errors.unreachable}>
      <p>{errors.unreachableAt(url)}</p>
      <p>{errors.startAll}</p>
      <Command>make run</Command>
      <p>{errors.startOnly}</p>
      <Command>target/release/mock-metrics</Command>
      <p>{errors.elsewhere}</p>
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
