// The severities of alerts, as the gateway's settings have them.

import { useMemo } from 'react';

import { useSettings } from '../../rest/settings';
import { Severities } from './severities';

export function useSeverities(): Severities {
  const sent = useSettings().data?.alert_severities;
  return useMemo(() => new Severities(sent), [sent]);
}
