// Tells the stores what comes, whichever page is shown.

import { useEffect } from 'react';

import { useChannelState } from '../connection/react';
import { onAlerts } from './alerts';

export function StoreUpdates() {
  const { frame } = useChannelState('alerts');
  useEffect(() => {
    if (frame) onAlerts(frame, Date.now());
  }, [frame]);
  return null;
}
