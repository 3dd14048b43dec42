// Narrows the list: by state, severity, family and text.

import { Button } from '../../components/Button';
import { Choice } from '../../components/Choice';
import { SearchBox } from '../../components/SearchBox';
import { useTexts } from '../../messages/react';
import { useNames } from '../../messages/useNames';
import type { Entry } from '../../model/alertBook';
import { ALL, ANY, family, groupings, isAll, severity, STANDINGS, type Wanted } from './groups';
import type { Severities } from './severities';
import { useSettled } from './useSettled';
import styles from './AlertsPage.module.css';

interface Props {
  entries: Entry[];
  wanted: Wanted;
  severities: Severities;
  /** How many are shown. */
  shown: number;
  onChoose: (wanted: Wanted) => void;
  onType: (text: string) => void;
}

export function Filters({ entries, wanted, severities, shown, onChoose, onType }: Props) {
  const { alerts } = useTexts();
  const names = useNames();
  const some = !isAll(wanted);
  const count = alerts.shown(shown, entries.length);
  const said = useSettled(some ? count : '');
  // What was chosen stays in its list when the last alert of it goes.
  const there = (of: (entry: Entry) => string, chosen: string) =>
    [...new Set([...entries.map(of), chosen])].filter((name) => name !== '' && name !== ANY);
  const choice = (
    key: 'state' | 'severity' | 'family',
    options: readonly string[],
    name: (id: string) => string | undefined,
  ) => (
    <Choice
      label={alerts[key]}
      showLabel
      value={wanted[key]}
      options={[{ id: ANY, text: alerts.any[key] }, ...options.map((id) => ({ id, text: name(id) ?? id }))]}
      onChange={(id) => {
        onChoose({ ...wanted, [key]: id });
      }}
    />
  );
  return (
    <div className={styles.filters} role="search" aria-label={alerts.filter}>
      {choice('state', STANDINGS, (id) => alerts.states[STANDINGS.find((one) => one === id) ?? 'firing'])}
      {choice('severity', there(({ alert }) => severity(alert), wanted.severity).sort(severities.compare), names.severity)}
      {choice('family', there(({ alert }) => family(alert), wanted.family).sort(), names.family)}
      <Choice
        label={alerts.by}
        showLabel
        value={wanted.by}
        options={groupings(entries, wanted.by).map((id) => ({ id, text: id === ALL.by ? alerts.byName : id }))}
        onChange={(by) => {
          onChoose({ ...wanted, by });
        }}
      />
      <SearchBox
        label={alerts.search}
        hint={alerts.searchHint}
        value={wanted.text}
        onChange={onType}
      />
      <Button
        isDisabled={!some}
        onPress={() => {
          onChoose({ ...ALL, by: wanted.by });
        }}
      >
        {alerts.clear}
      </Button>
      <span className={`${styles.count ?? ''} number muted`}>{some ? count : alerts.count(entries.length)}</span>
      <span className="hidden" role="status">
        {said}
      </span>
    </div>
  );
}
