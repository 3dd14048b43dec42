// What the simulator said to a request that it refused, where the request was made.

import { Note } from '../../components/Note';
import { useTexts } from '../../messages/react';
import { AnswerError } from '../../rest/ask';

export function Refusal({ error }: { error: Error | null }) {
  const { rehearse } = useTexts();
  if (!error) return null;
  if (!(error instanceof AnswerError)) return <Note tone="critical">{rehearse.trouble.origin}</Note>;
  const { status, message } = error;
  if (status === 0) return <Note tone="critical">{rehearse.trouble.unreachable}</Note>;
  return (
    <Note tone="critical">
      {message}
      {(status === 401 || status === 403) && (
        <>
          <br />
          {rehearse.notLocal}
        </>
      )}
    </Note>
  );
}
