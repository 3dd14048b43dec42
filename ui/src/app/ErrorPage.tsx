// What is shown in place of a page that has failed.

import { Button } from '../components/Button';
import { useTexts } from '../messages/react';
import { Unloaded } from './loaded';

export function ErrorPage({ error }: { error: Error }) {
  const { app } = useTexts();
  return (
    <div role="alert">
      <h1>{app.broken}</h1>
      {error instanceof Unloaded ? <p>{app.unloaded}</p> : <p className="mono">{error.message}</p>}
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
