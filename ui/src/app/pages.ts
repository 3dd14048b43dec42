// The pages by their paths; their names are those of the messages.

export const PAGES = [
  ['/', 'live'],
  ['/incidents', 'incidents'],
  ['/alerts', 'alerts'],
  ['/rehearse', 'rehearse'],
  ['/system', 'system'],
] as const;
