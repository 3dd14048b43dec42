// Says what went wrong, what to do about it, and whether what is shown is old.

import { Note } from '../../components/Note';
import { useTexts } from '../../messages/react';
import { sentence } from '../../model/words';
import { explain } from '../../rest/explain';
import type { RequestError } from './requestError';

export function RequestErrorNote({ requestError: { is, error }, kept }: { requestError: RequestError; kept: boolean }) {
  const texts = useTexts();
  const { incidents } = texts;
  const refused = is === 'refused';
  const parts = [
    incidents.errors[is](explain(error, texts)),
    ...(refused ? [] : [incidents.again]), // the same filter is refused again
    ...(kept ? [incidents.kept] : []),
  ];
  return <Note tone={refused ? 'warning' : 'critical'}>{parts.map(sentence).join(' ')}</Note>;
}
