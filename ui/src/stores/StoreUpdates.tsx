// Tells the stores what comes, whichever page is shown.

import { useEffect } from 'react';

import { useChannelState } from '../connection/react';
import { heard } from './alerts';

export function Watch() {
  const { frame } = useChannelState('alerts');
  useEffect(() => {
    if (frame) heard(frame, Date.now());
  }, [frame]);
  return null;
}
