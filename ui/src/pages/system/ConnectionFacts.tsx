// How the connection is, since when, and if it is cut off, why and when it is tried again.

import { Age } from '../../components/Age';
import { Badge } from '../../components/Badge';
import { Cause } from '../../components/Cause';
import { Facts } from '../../components/Facts';
import { useConnectionState, useConnectionUrl } from '../../connection/react';
import { useTexts, useUnits } from '../../messages/react';
import { UNKNOWN } from '../../model/units';
import { diagnosis } from '../../stores/diagnosis';
import { useStore } from '../../stores/store';
import { useNow } from '../../stores/clock';
import { closing } from './closing';

const TONES = { connecting: 'info', open: 'good', waiting: 'critical' } as const;

export function ConnectionFacts() {
  const state = useConnectionState();
  const url = useConnectionUrl();
  const now = useNow();
  const { system } = useTexts();
  const { time } = useUnits();
  const found = useStore(diagnosis);
  const isTold = state.is !== 'open' && found !== undefined && found !== 'silent';
  return (
    <Facts
      facts={[
        {
          name: system.state,
          value: (
            <Badge tone={TONES[state.is]} dot>
              {system.states[state.is]}
            </Badge>
          ),
        },
        {
          name: state.is === 'open' ? system.since : system.goneSince,
          value: (
            <span className="number">
              {time(state.since)} (<Age since={state.since} say={system.lasted} />)
            </span>
          ),
        },
        ...(state.is === 'waiting'
          ? [
              { name: system.nextTry, value: system.inSeconds(Math.ceil((state.retryAt - now) / 1000)) },
              { name: system.reason, value: closing(state.reason, system.reasons) },
            ]
          : []),
        ...(isTold ? [{ name: system.cause, value: <Cause /> }] : []),
        { name: system.epoch, value: state.is === 'open' ? <code>{state.epoch}</code> : UNKNOWN },
        { name: system.url, value: <code>{url}</code> },
      ]}
    />
  );
}
