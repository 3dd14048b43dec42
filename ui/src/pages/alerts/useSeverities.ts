// The severities of alerts, as the gateway's settings have them.

import { useMemo } from 'react';

import { useSettings } from '../../app/settings';
import { Severities } from './severities';

export function useSeverities(): Severities {
  const told = useSettings().data?.alert_severities;
  return useMemo(() => new Severities(told), [told]);
}
