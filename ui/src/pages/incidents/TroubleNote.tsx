// Says what went wrong, what to do about it, and whether what is shown is old.

import { Note } from '../../components/Note';
import { useTexts } from '../../messages/react';
import { sentence } from '../../model/words';
import type { Trouble } from './trouble';

export function TroubleNote({ trouble: { is, why }, kept }: { trouble: Trouble; kept: boolean }) {
  const { incidents } = useTexts();
  const refused = is === 'refused';
  const parts = [
    incidents.trouble[is](why),
    ...(refused ? [] : [incidents.again]), // the same filter is refused again
    ...(kept ? [incidents.kept] : []),
  ];
  return <Note tone={refused ? 'warning' : 'critical'}>{parts.map(sentence).join(' ')}</Note>;
}
