// Scenarios, which trigger several alerts in turn: which there are, and which one runs.

import { Age } from '../../components/Age';
import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { Card } from '../../components/Card';
import { useTexts } from '../../messages/react';
import type { Messages } from '../../messages/en';
import type { Scenario } from '../../model/rehearsal';
import { entry } from '../../model/words';
import { Refusal } from './Refusal';
import { usePost } from './simulator';
import styles from './Scenarios.module.css';

interface Props {
  scenarios: Scenario[];
  stale: boolean;
}

export function Scenarios({ scenarios, stale }: Props) {
  const { rehearse } = useTexts();
  const busy = scenarios.some(({ running }) => running);
  return (
    <Card title={rehearse.scenarios} stale={stale}>
      <p className="muted">{rehearse.scenariosHint}</p>
      <ul className={styles.list}>
        {scenarios.map((scenario) => (
          <ScenarioRow key={scenario.name} scenario={scenario} busy={busy} stale={stale} />
        ))}
      </ul>
    </Card>
  );
}

function ScenarioRow({ scenario, busy, stale }: { scenario: Scenario; busy: boolean; stale: boolean }) {
  const { rehearse } = useTexts();
  const start = usePost();
  const { name, expect, running } = scenario;
  return (
    <li className={styles.row}>
      <div className={styles.line}>
        <div className={styles.what}>
          <h3>{titleOf(scenario, rehearse)}</h3>
          <p className={styles.expected}>
            <code>{name}</code> <span className="muted">{rehearse.expected}</span> {expect.join(', ')}
          </p>
        </div>
        {running ? (
          <StopScenario scenario={scenario} stale={stale} />
        ) : (
          <Button
            aria-label={rehearse.startName(name)}
            isDisabled={busy || stale || start.isPending}
            onPress={() => {
              start.mutate(`/api/scenarios/${encodeURIComponent(name)}/start`);
            }}
          >
            {rehearse.start}
          </Button>
        )}
      </div>
      <Refusal error={start.error} />
    </li>
  );
}

/** Above the alerts: the scenario that runs, if one does. */
export function RunningScenario({ scenarios, stale }: Props) {
  const { rehearse } = useTexts();
  const running = scenarios.find((scenario) => scenario.running);
  if (!running) return null;
  return (
    <div className={styles.running}>
      <span className={styles.what}>{titleOf(running, rehearse)}</span>
      <StopScenario scenario={running} stale={stale} />
    </div>
  );
}

/** The simulator speaks English; its own scenarios have a title in the language of the page. */
function titleOf({ name, title }: Scenario, { scenarioTitles }: Messages['rehearse']): string {
  return entry(scenarioTitles, name) ?? title;
}

function StopScenario({ scenario: { name, since }, stale }: { scenario: Scenario; stale: boolean }) {
  const { rehearse } = useTexts();
  const stop = usePost();
  return (
    <span className={styles.stop}>
      {since !== null && (
        <Badge tone="info" dot>
          <Age since={Date.parse(since)} say={rehearse.runs} />
        </Badge>
      )}
      <Button
        aria-label={rehearse.stopName(name)}
        isDisabled={stale || stop.isPending}
        onPress={() => {
          stop.mutate('/api/scenarios/stop');
        }}
      >
        {rehearse.stop}
      </Button>
      <Refusal error={stop.error} />
    </span>
  );
}
