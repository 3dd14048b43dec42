// How the connection is, in two words: live, stale since when, or when the next try is.

import { Badge } from '../components/Badge';
import { useConnectionState, useWorstChannel } from '../connection/react';
import { useTexts, useUnits } from '../messages/react';
import { useNow } from '../stores/clock';

export function ConnectionBadge() {
  const state = useConnectionState();
  const worst = useWorstChannel();
  const now = useNow();
  const { connection } = useTexts();
  const units = useUnits();
  // What is heard is the state alone: the seconds that go by, and each try, would be said one after the other.
  const [tone, heard, seen] = (() => {
    switch (state.is) {
      case 'connecting':
        return state.again
          ? (['critical', connection.reconnecting(0)] as const)
          : (['info', connection.connecting] as const);
      case 'waiting': {
        const seconds = Math.ceil((state.retryAt - now) / 1000);
        return ['critical', connection.reconnecting(0), connection.reconnecting(seconds)] as const;
      }
      case 'open': {
        if (!worst) return ['good', connection.live] as const;
        const { goodAt } = worst;
        return ['warning', goodAt === undefined ? connection.noData : connection.staleSince(units.time(goodAt))] as const;
      }
    }
  })();
  return (
    <span data-connection={state.is}>
      <span role="status" aria-label={connection.label} className="hidden">
        {heard}
      </span>
      <span aria-hidden="true">
        <Badge tone={tone} dot>
          {seen ?? heard}
        </Badge>
      </span>
    </span>
  );
}
