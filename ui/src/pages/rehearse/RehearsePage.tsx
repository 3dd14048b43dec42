// Triggers alerts on purpose, and shows them arrive.

import { useRef } from 'react';

import { useSettings } from '../../app/settings';
import { Button } from '../../components/Button';
import { Guard } from '../../components/Guard';
import { Note } from '../../components/Note';
import { LostNote, StaleNote } from '../../components/StaleNote';
import { useChannel } from '../../connection/react';
import { useTexts, useUnits } from '../../messages/react';
import { useNames } from '../../messages/useNames';
import type { Rehearsal } from '../../model/rehearsal';
import { isOver } from '../../model/timeline';
import { useLastError } from '../../rest/lastError';
import { forget, timelines } from '../../watch/alerts';
import { useStore } from '../../watch/store';
import { FamilyCard } from './FamilyCard';
import { Refusal } from './Refusal';
import { RunningScenario, Scenarios } from './Scenarios';
import { Trouble } from './Trouble';
import { usePost, useRehearsals, useScenarios } from './simulator';
import styles from './RehearsePage.module.css';

export default function RehearsePage() {
  const { rehearse } = useTexts();
  const settings = useSettings();
  const error = useLastError(settings);
  return (
    <div className={styles.page}>
      <div>
        <h1>{rehearse.title}</h1>
        <p className={`${styles.intro ?? ''} muted`}>{rehearse.intro}</p>
      </div>
      {settings.data?.simulator_url !== undefined && <Simulator />}
      {error && <NoSettings asking={settings.isFetching} onAgain={() => void settings.refetch()} />}
      {settings.isPending && !error && <Note>{rehearse.asking}</Note>}
    </div>
  );
}

function NoSettings({ asking, onAgain }: { asking: boolean; onAgain: () => void }) {
  const { app, rehearse } = useTexts();
  return (
    <>
      <Note tone="critical">{rehearse.noSettings}</Note>
      <div>
        <Button isPending={asking} heir={() => document.getElementById('content')} onPress={onAgain}>
          {app.again}
        </Button>
      </div>
    </>
  );
}

function Simulator() {
  const { rehearse } = useTexts();
  const channel = useChannel('alerts');
  const answer = useRehearsals();
  const { data } = answer;
  const error = useLastError(answer);
  return (
    <>
      {error && <Trouble error={error} />}
      <LostNote />
      <StaleNote of="alerts" channel={channel} />
      {data && <Catalogue rehearsals={data.data} timeScale={data.time_scale} stale={error !== null} />}
      {!data && !error && <Note>{rehearse.asking}</Note>}
    </>
  );
}

interface Props {
  rehearsals: Rehearsal[];
  timeScale: number;
  stale: boolean;
}

function Catalogue({ rehearsals, timeScale, stale }: Props) {
  const { rehearse } = useTexts();
  const units = useUnits();
  const names = useNames();
  const reset = usePost();
  const scenarios = useScenarios();
  const below = useRef<HTMLDivElement>(null);
  const toBelow = useRef<HTMLButtonElement>(null);
  const families = [...new Set(rehearsals.map(({ family }) => family))];
  const known = useStore(timelines);
  const over = rehearsals
    .filter(({ name, condition }) => {
      const timeline = known.get(name);
      return timeline && isOver(timeline, condition);
    })
    .map(({ name }) => name);
  const someDriven = rehearsals.some(({ condition }) => condition !== 'calm');
  return (
    <>
      <div className={styles.tools}>
        {timeScale < 1 && <span className="muted">{rehearse.faster(units.number(1 / timeScale, 1))}</span>}
        {timeScale > 1 && <span className="muted">{rehearse.slower(units.number(timeScale, 1))}</span>}
        <span className={styles.buttons}>
          {over.length > 1 && (
            <Button
              heir={() => toBelow.current}
              onPress={() => {
                forget(over);
              }}
            >
              {rehearse.closeOver(over.length)}
            </Button>
          )}
          <Button
            ref={toBelow}
            onPress={() => {
              below.current?.scrollIntoView({ block: 'start' });
              below.current?.focus({ preventScroll: true });
            }}
          >
            {rehearse.scenarios}
          </Button>
          <span title={rehearse.resetHint}>
            <Button
              isDisabled={stale || !someDriven}
              isPending={reset.isPending}
              onPress={() => {
                reset.mutate('/api/reset');
              }}
            >
              {rehearse.reset}
            </Button>
          </span>
        </span>
      </div>
      <Refusal error={reset.error} />
      <Guard title={rehearse.scenarios} of={scenarios}>
        <RunningScenario scenarios={scenarios} stale={stale} heir={() => toBelow.current} />
      </Guard>
      {families.map((family) => (
        <Guard key={family} title={names.family(family)} of={rehearsals}>
          <FamilyCard
            family={family}
            rehearsals={rehearsals.filter((one) => one.family === family)}
            timeScale={timeScale}
            stale={stale}
          />
        </Guard>
      ))}
      <div ref={below} tabIndex={-1} className={styles.scenarios}>
        <Guard title={rehearse.scenarios} of={scenarios}>
          <Scenarios scenarios={scenarios} stale={stale} />
        </Guard>
      </div>
    </>
  );
}
