// What is made of the frames of a channel, one after the other; it outlives a look at another page.

import { useEffect, useState } from 'react';

import type { Channel, Frame } from '../../model/frame';

interface FrameReducer<State> {
  initial: State;
  step: (before: State, frame: Frame) => State;
  /** What had become of each channel when the page was left. */
  remembered: Map<Channel, State>;
}

interface Seen<State> {
  frame?: Frame;
  state: State;
}

/** The state after `frame`, the latest of the channel. */
export function useFrameReducer<State>({ initial, step, remembered }: FrameReducer<State>, channel: Channel, frame: Frame | undefined): State {
  const [seen, setSeen] = useState<Seen<State>>(() => ({ state: remembered.get(channel) ?? initial }));
  if (frame !== undefined && frame !== seen.frame) setSeen({ frame, state: step(seen.state, frame) });
  useEffect(() => {
    remembered.set(channel, seen.state);
  }, [remembered, channel, seen.state]);
  return seen.state;
}
