// The pages by their paths; their names are those of the messages.

import type { Settings } from '../rest/settings';

export const PAGES = [
  ['/', 'live'],
  ['/incidents', 'incidents'],
  ['/alerts', 'alerts'],
  ['/rehearse', 'rehearse'],
  ['/system', 'system'],
] as const;

/** The pages that a gateway may do without. */
export type Optional = 'incidents' | 'rehearse';

/** Whether the gateway's settings have switched a page off; as long as they are not known, none is. */
export function isOff(page: (typeof PAGES)[number][1], settings: Settings | undefined): boolean {
  if (!settings) return false;
  return (page === 'incidents' && !settings.incidents) || (page === 'rehearse' && settings.simulator_url === undefined);
}
