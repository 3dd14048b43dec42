// Whether the page, the gateway and what stands behind it work together.

import { Card } from '../../components/Card';
import { Facts } from '../../components/Facts';
import { Figures } from '../../components/Figures';
import { Guard } from '../../components/Guard';
import { useCounts } from '../../connection/react';
import { useTexts, useUnits } from '../../messages/react';
import { useSettings } from '../../rest/settings';
import { addressOf } from '../../rest/ask';
import { UNKNOWN } from '../../model/units';
import { ChannelTable } from './ChannelTable';
import { ConnectionFacts } from './ConnectionFacts';
import { ReadinessCard } from './ReadinessCard';
import styles from './System.module.css';

const LINKS = { ready: '-/ready', metrics: 'metrics', federate: 'federate' } as const;

export default function SystemPage() {
  const { system } = useTexts();
  return (
    <div className={styles.page}>
      <h1>{system.title}</h1>
      <div className={styles.pair}>
        <Guard title={system.connection}>
          <Card title={system.connection}>
            <ConnectionFacts />
          </Card>
        </Guard>
        <Guard title={system.counts}>
          <Card title={system.counts}>
            <CountFigures />
          </Card>
        </Guard>
      </div>
      <Guard title={system.channels}>
        <Card title={system.channels}>
          <ChannelTable />
          <p className={styles.about}>{system.channelsAbout}</p>
        </Card>
      </Guard>
      <Guard title={system.readiness}>
        <ReadinessCard />
      </Guard>
      <Guard title={system.gateway}>
        <Card title={system.gateway}>
          <GatewayFacts />
        </Card>
      </Guard>
    </div>
  );
}

function CountFigures() {
  const { system } = useTexts();
  const { number, bytes } = useUnits();
  const counts = useCounts();
  return (
    <Figures
      figures={[
        { name: system.frames, value: number(counts.frames) },
        { name: system.heartbeats, value: number(counts.heartbeats) },
        { name: system.bytes, value: bytes(counts.bytes) },
        { name: system.missed, value: number(counts.missed) },
        { name: system.connections, value: number(counts.connections) },
      ]}
    />
  );
}

function GatewayFacts() {
  const { system } = useTexts();
  const { duration } = useUnits();
  const { data } = useSettings();
  const links = Object.entries(LINKS) as [keyof typeof LINKS, string][];
  return (
    <Facts
      facts={[
        { name: system.version, value: data?.version ?? UNKNOWN },
        { name: system.interval, value: duration(data?.poll_interval_seconds) },
        {
          name: system.links,
          value: (
            <ul role="list" className={styles.links}>
              {links.map(([name, path]) => (
                <li key={name}>
                  <a href={path} target="_blank" rel="noreferrer">
                    <code>{addressOf(path).pathname}</code>
                  </a>{' '}
                  {system.linkTo[name]}
                </li>
              ))}
            </ul>
          ),
        },
      ]}
    />
  );
}
