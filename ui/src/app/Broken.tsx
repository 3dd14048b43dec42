// What is shown in place of a page that has failed.

import { Button } from '../components/Button';
import { useTexts } from '../messages/react';

export function Broken({ error }: { error: Error }) {
  const { app } = useTexts();
  return (
    <div role="alert">
      <h1>{app.broken}</h1>
      <p className="mono">{error.message}</p>
      <Button
        onPress={() => {
          location.reload();
        }}
      >
        {app.reload}
      </Button>
    </div>
  );
}
