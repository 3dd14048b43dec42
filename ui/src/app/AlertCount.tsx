// How many alerts fire, beside the link to them.

import { useChannelState } from '../connection/react';
import { readAlerts } from '../model/alert';
import { Badge } from '../components/Badge';

export function AlertCount() {
  const { frame } = useChannelState('alerts');
  const firing = readAlerts(frame?.data).filter(({ state }) => state === 'firing').length;
  return firing > 0 ? <Badge tone="critical">{firing}</Badge> : null;
}
