// Triggers alerts on purpose, and shows them arrive.

import { useRef } from 'react';

import { useSettings } from '../../rest/settings';
import { Button } from '../../components/Button';
import { Guard } from '../../components/Guard';
import { Note } from '../../components/Note';
import { SearchBox } from '../../components/SearchBox';
import { LostNote, StaleNote } from '../../components/StaleNote';
import { useChannel } from '../../connection/react';
import { useTexts, useUnits } from '../../messages/react';
import { useNames } from '../../messages/useNames';
import type { Rehearsal } from '../../model/rehearsal';
import { isOver } from '../../model/timeline';
import { useLastError } from '../../rest/lastError';
import { forget, timelines } from '../../stores/alerts';
import { useStore } from '../../stores/store';
import { FamilyCard } from './FamilyCard';
import { Refusal } from './Refusal';
import { Reset } from './Reset';
import { RunningScenario, Scenarios } from './Scenarios';
import { RequestErrorCard } from './RequestErrorCard';
import { isFound } from './search';
import { usePost, useRehearsals, useScenarios } from './simulator';
import { useSearch } from './useSearch';
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
        <Button isPending={asking} focusReturnTarget={() => document.getElementById('content')} onPress={onAgain}>
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
      {error && <RequestErrorCard error={error} />}
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
  const [search, setSearch] = useSearch();
  const found = rehearsals.filter((one) => isFound(one, names.family(one.family), search));
  const families = [...new Set(found.map(({ family }) => family))];
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
        <SearchBox label={rehearse.search} hint={rehearse.searchHint} value={search} onChange={setSearch} />
        <span role="status" className="muted">
          {search !== '' && rehearse.found(found.length, rehearsals.length)}
        </span>
        {timeScale < 1 && <span className="muted">{rehearse.faster(units.number(1 / timeScale, 1))}</span>}
        {timeScale > 1 && <span className="muted">{rehearse.slower(units.number(timeScale, 1))}</span>}
        <span className={styles.buttons}>
          {over.length > 1 && (
            <Button
              focusReturnTarget={() => toBelow.current}
              onPress={() => {
                forget(over);
              }}
            >
              {rehearse.closeOver(over.length)}
            </Button>
          )}
          {scenarios.length > 0 && (
            <Button
              ref={toBelow}
              onPress={() => {
                below.current?.scrollIntoView({ block: 'start' });
                below.current?.focus({ preventScroll: true });
              }}
            >
              {rehearse.scenarios}
            </Button>
          )}
          <Reset
            isDisabled={stale || !someDriven}
            isPending={reset.isPending}
            onReset={() => {
              reset.mutate('/api/reset');
            }}
          />
        </span>
      </div>
      <Refusal error={reset.error} />
      <Guard title={rehearse.scenarios} of={scenarios}>
        <RunningScenario scenarios={scenarios} stale={stale} focusReturnTarget={() => toBelow.current} />
      </Guard>
      {families.map((family) => (
        <Guard key={family} title={names.family(family)} of={rehearsals}>
          <FamilyCard
            family={family}
            rehearsals={found.filter((one) => one.family === family)}
            timeScale={timeScale}
            stale={stale}
          />
        </Guard>
      ))}
      {scenarios.length > 0 && (
        <div ref={below} tabIndex={-1} className={styles.scenarios}>
          <Guard title={rehearse.scenarios} of={scenarios}>
            <Scenarios scenarios={scenarios} stale={stale} />
          </Guard>
        </div>
      )}
    </>
  );
}
