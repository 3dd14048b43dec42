// Which of the incidents are listed: status, severity, service.

import { useSettings } from '../../rest/settings';
import { Button } from '../../components/Button';
import { Choice } from '../../components/Choice';
import { STATUSES, isStatus } from '../../model/incident';
import { inWords } from '../../model/words';
import { useTexts } from '../../messages/react';
import { EVERYTHING, writeFilters, type Filters } from './filters';
import styles from './Incidents.module.css';

interface Props {
  filters: Filters;
  /** Services that are known to have incidents. */
  services: string[];
  onChange: (filters: Filters) => void;
}

export function DetailFilters({ filters, services, onChange }: Props) {
  const { incidents } = useTexts();
  const severities = useSettings().data?.incident_severities ?? [];
  const { status, severity, service } = filters;
  return (
    <div className={styles.filters}>
      <OneOrAny
        label={incidents.status}
        any={incidents.anyStatus}
        value={status}
        values={STATUSES}
        words={incidents.statuses}
        onChange={(word) => {
          onChange({ ...filters, status: isStatus(word) ? word : undefined });
        }}
      />
      <OneOrAny
        label={incidents.severity}
        any={incidents.anySeverity}
        value={severity}
        values={severities}
        words={incidents.severities}
        onChange={(severity) => {
          onChange({ ...filters, severity });
        }}
      />
      <OneOrAny
        label={incidents.service}
        any={incidents.anyService}
        value={service}
        values={services}
        words={{}}
        onChange={(service) => {
          onChange({ ...filters, service });
        }}
      />
      <Button
        isDisabled={writeFilters(filters) === ''}
        onPress={() => {
          onChange(EVERYTHING);
        }}
      >
        {incidents.clear}
      </Button>
    </div>
  );
}

interface OneOrAnyProps {
  label: string;
  any: string;
  value: string | undefined;
  values: readonly string[];
  words: Record<string, string>;
  onChange: (value: string | undefined) => void;
}

/** The `=` tells a service that is called `any` from any. */
function OneOrAny({ label, any, value, values, words, onChange }: OneOrAnyProps) {
  const known = value === undefined || values.includes(value) ? values : [value, ...values];
  return (
    <Choice
      label={label}
      showLabel
      value={value === undefined ? 'any' : `=${value}`}
      options={[{ id: 'any', text: any }, ...known.map((id) => ({ id: `=${id}`, text: inWords(words, id) }))]}
      onChange={(id) => {
        onChange(id.startsWith('=') ? id.slice(1) : undefined);
      }}
    />
  );
}
