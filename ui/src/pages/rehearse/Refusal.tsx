// What the simulator said to a request that it refused, where the request was made.

import { Note } from '../../components/Note';
import { useTexts } from '../../messages/react';
import { sentence } from '../../model/words';
import { AnswerError } from '../../rest/ask';
import { explain } from '../../rest/explain';

export function Refusal({ error }: { error: Error | null }) {
  const texts = useTexts();
  const { rehearse } = texts;
  if (!error) return null;
  if (!(error instanceof AnswerError)) return <Note tone="critical">{rehearse.errors.origin}</Note>;
  const { status } = error;
  if (status === 0) return <Note tone="critical">{rehearse.errors.unreachable}</Note>;
  return (
    <Note tone="critical">
      {sentence(explain(error, texts))}
      {(status === 401 || status === 403) && (
        <>
          <br />
          {rehearse.notLocal}
        </>
      )}
    </Note>
  );
}
