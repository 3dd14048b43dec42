// When the incidents were created that the page looks at.

import { Choice } from '../../components/Choice';
import { DateTimeField } from '../../components/DateTimeField';
import { Note } from '../../components/Note';
import { useTexts } from '../../messages/react';
import { SPANS, fromLocal, isBackwards, toLocal, type Period } from './filters';
import styles from './Incidents.module.css';

export function PeriodChoice({ period, onChange }: { period: Period; onChange: (period: Period) => void }) {
  const { incidents } = useTexts();
  const backwards = isBackwards(period);
  return (
    <>
      <div className={styles.filters}>
        <Choice
          label={incidents.period}
          showLabel
          value={period.is === 'last' ? period.span : period.is}
          options={(['all', ...SPANS, 'own'] as const).map((id) => ({ id, text: incidents.periods[id] }))}
          onChange={(id) => {
            onChange(chosen(id));
          }}
        />
        {period.is === 'own' &&
          (['from', 'to'] as const).map((end) => (
            <DateTimeField
              key={end}
              label={incidents[end]}
              initial={toLocal(period[end])}
              invalid={backwards}
              onChange={(text) => {
                const moment = fromLocal(text);
                if (moment !== null) onChange({ ...period, [end]: moment });
              }}
            />
          ))}
      </div>
      {backwards && <Note tone="warning">{incidents.backwards}</Note>}
    </>
  );
}

function chosen(id: string): Period {
  const span = SPANS.find((span) => span === id);
  if (span) return { is: 'last', span };
  return id === 'own' ? { is: 'own', from: undefined, to: undefined } : { is: 'all' };
}
