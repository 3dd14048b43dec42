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
    now: 'Now',
    lately: 'Over time',
    queries: {
      prometheus_tsdb_head_series: 'TSDB series',
      prometheus_engine_queries: 'Active queries',
      http_requests_total: 'HTTP requests',
      cpu_usage_seconds_total: 'CPU in use',
      memory_usage_bytes: 'Memory in use',
      disk_usage_percent: 'Disk in use',
      request_duration_seconds: 'Request duration',
      memory_usage: 'Memory',
      cpu_usage: 'CPU per instance',
      http_requests: 'HTTP requests',
    },
    cores: (count: string) => `${count} cores`,
    noSeries: 'No series.',
    secondBeat: 'Its rate is known from the second beat on.',
    ofSeries: {
      amount: (count: number) => `Sum of ${count} series`,
      level: (count: number) => `Highest of ${count} series`,
      counter: (count: number) => `Sum of ${count} series`,
    },
    slow: (value: string, recent: boolean) => `Median; p95 ${value}. ${recent ? 'Last minute.' : 'Since the start.'}`,
    buckets: 'How many took how long',
    bucket: (bound: string, share: string) => `up to ${bound}: ${share}`,
    window: 'Window',
    windowName: (window: string) => window.replace(/\D/, '\u00a0$&').replace(/m$/, 'min'),
    rest: (count: number) => `${count} others`,
    by: (labels: string) => `By ${labels}.`,
    left: (count: number) => `The largest are shown, ${count} are not.`,
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
  chart: {
    label: (of: string) => `${of}: chart, arrow keys move in time`,
    line: 'Line',
    least: 'Lowest',
    greatest: 'Highest',
    last: 'Latest',
    more: (count: number) => `and ${count} more`,
  },
  fault: (what: string) => `Prometheus says: ${what}`,
};

/** What every language has to say. */
export type Messages = typeof en;
