// Says what went wrong, what to do about it, and whether what is shown is old.

import { Note } from '../../components/Note';
import { useTexts } from '../../messages/react';
import { sentence } from '../../model/words';
import { explain } from '../../rest/explain';
import type { Trouble } from './trouble';

export function TroubleNote({ trouble: { is, error }, kept }: { trouble: Trouble; kept: boolean }) {
  const texts = useTexts();
  const { incidents } = texts;
  const refused = is === 'refused';
  const parts = [
    incidents.trouble[is](explain(error, texts)),
    ...(refused ? [] : [incidents.again]), // the same filter is refused again
    ...(kept ? [incidents.kept] : []),
  ];
  return <Note tone={refused ? 'warning' : 'critical'}>{parts.map(sentence).join(' ')}</Note>;
}
