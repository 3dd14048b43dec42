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
      <ul role="list" className={styles.list}>
        {scenarios.map((scenario) => (
          <ScenarioRow key={scenario.name} scenario={scenario} busy={busy} stale={stale} />
        ))}
      </ul>
    </Card>
  );
}

function ScenarioRow({ scenario, busy, stale }: { scenario: Scenario; busy: boolean; stale: boolean }) {
  const { rehearse } = useTexts();
  const { name, expect } = scenario;
  return (
    <li className={styles.row}>
      <div className={styles.line}>
        <div className={styles.what}>
          <h3>{titleOf(scenario, rehearse)}</h3>
          <p className={styles.expected}>
            <code>{name}</code> <span className="muted">{rehearse.expected}</span> {expect.join(', ')}
          </p>
        </div>
        <StartOrStop scenario={scenario} isDisabled={stale || (busy && !scenario.running)} />
      </div>
    </li>
  );
}

/** Above the alerts: the scenario that runs, if one does. `focusReturnTarget` gets the focus when it has run. */
export function RunningScenario({ scenarios, stale, focusReturnTarget }: Props & { focusReturnTarget: () => HTMLElement | null }) {
  const { rehearse } = useTexts();
  const running = scenarios.find((scenario) => scenario.running);
  if (!running) return null;
  return (
    <div className={styles.running}>
      <span className={styles.what}>{titleOf(running, rehearse)}</span>
      <StartOrStop scenario={running} isDisabled={stale} focusReturnTarget={focusReturnTarget} />
    </div>
  );
}

/** The simulator speaks English; its own scenarios have a title in the language of the page. */
function titleOf({ name, title }: Scenario, { scenarioTitles }: Messages['rehearse']): string {
  return entry(scenarioTitles, name) ?? title;
}

interface StartOrStopProps {
  scenario: Scenario;
  isDisabled: boolean;
  focusReturnTarget?: () => HTMLElement | null;
}

/** One button for both, so that the focus stays where it is. */
function StartOrStop({ scenario: { name, running, since }, isDisabled, focusReturnTarget }: StartOrStopProps) {
  const { rehearse } = useTexts();
  const post = usePost();
  return (
    <span className={styles.switch}>
      {running && since !== null && (
        <Badge tone="info" dot>
          <Age since={Date.parse(since)} say={rehearse.runs} />
        </Badge>
      )}
      <Button
        aria-label={running ? rehearse.stopName(name) : rehearse.startName(name)}
        isDisabled={isDisabled}
        isPending={post.isPending}
        focusReturnTarget={focusReturnTarget}
        onPress={() => {
          post.mutate(running ? '/api/scenarios/stop' : `/api/scenarios/${encodeURIComponent(name)}/start`);
        }}
      >
        {running ? rehearse.stop : rehearse.start}
      </Button>
      <Refusal error={post.error} />
    </span>
  );
}
