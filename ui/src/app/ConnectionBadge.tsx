// How the connection is, in two words: live, stale since when, or when the next try is.

import { Badge } from '../components/Badge';
import { useChannelState, useConnectionState, useNow } from '../connection/react';
import { useTexts, useUnits } from '../messages/react';

export function ConnectionBadge() {
  const state = useConnectionState();
  const { staleSince } = useChannelState('alerts');
  const now = useNow();
  const { connection } = useTexts();
  const units = useUnits();
  const [tone, text] = (() => {
    switch (state.is) {
      case 'connecting':
        return ['info', connection.connecting] as const;
      case 'waiting':
        return ['critical', connection.reconnecting(Math.ceil((state.retryAt - now) / 1000))] as const;
      case 'open':
        return staleSince === undefined
          ? (['good', connection.live] as const)
          : (['warning', connection.staleSince(units.time(staleSince))] as const);
    }
  })();
  return (
    <span role="status" aria-label={connection.label} data-connection={state.is}>
      <Badge tone={tone} dot>
        {text}
      </Badge>
    </span>
  );
}
