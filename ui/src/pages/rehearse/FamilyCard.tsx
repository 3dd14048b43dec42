// The alerts of one family.

import { Badge } from '../../components/Badge';
import { Card } from '../../components/Card';
import { useTexts } from '../../messages/react';
import { useNames } from '../../messages/useNames';
import type { Rehearsal } from '../../model/rehearsal';
import { isOver } from '../../model/timeline';
import { timelines } from '../../stores/alerts';
import { useStore } from '../../stores/store';
import { RehearsalRow } from './RehearsalRow';
import styles from './FamilyCard.module.css';

interface Props {
  family: string;
  rehearsals: Rehearsal[];
  timeScale: number;
  stale: boolean;
}

export function FamilyCard({ family, rehearsals, timeScale, stale }: Props) {
  const { rehearse } = useTexts();
  const names = useNames();
  const known = useStore(timelines);
  const going = rehearsals.filter(({ name, condition }) => {
    const timeline = known.get(name);
    return timeline && !isOver(timeline, condition);
  });
  return (
    <Card
      title={names.family(family)}
      tools={going.length > 0 && <Badge tone="info">{rehearse.inProgress(going.length)}</Badge>}
      stale={stale}
    >
      <ul role="list" className={styles.list}>
        {rehearsals.map((rehearsal) => (
          <RehearsalRow
            key={rehearsal.name}
            rehearsal={rehearsal}
            timeline={known.get(rehearsal.name)}
            timeScale={timeScale}
            stale={stale}
          />
        ))}
      </ul>
    </Card>
  );
}
