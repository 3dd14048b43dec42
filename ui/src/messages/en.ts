// All texts of the pages, in English. What is counted or inserted is a function.

export const en = {
  language: 'English',
  app: {
    title: 'service-metrics',
    skip: 'Skip to the content',
    pages: 'Pages',
    live: 'Live',
    incidents: 'Incidents',
    alerts: 'Alerts',
    rehearse: 'Rehearse',
    system: 'System',
    languages: 'Language',
    theme: { label: 'Colours', system: 'As the system', light: 'Light', dark: 'Dark' },
    unknownPage: 'There is no such page.',
    loading: 'Loading…',
    broken: 'This page has failed.',
    reload: 'Load it again',
  },
  connection: {
    label: 'Connection to the gateway',
    live: 'Live',
    connecting: 'Connecting…',
    reconnecting: (seconds: number) => (seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting…'),
    staleSince: (time: string) => `Stale since ${time}`,
    staleBecause: 'Prometheus does not answer; these are the last values.',
    lost: 'The gateway does not answer; these are the last values.',
    waiting: 'Waiting for the first beat…',
  },
  live: {
    title: 'Live',
  },
  incidents: {
    title: 'Incidents',
  },
  alerts: {
    title: 'Alerts',
  },
  rehearse: {
    title: 'Rehearse',
  },
  system: {
    title: 'System',
  },
  fault: (what: string) => `Prometheus says: ${what}`,
};

/** What every language has to say. */
export type Messages = typeof en;
