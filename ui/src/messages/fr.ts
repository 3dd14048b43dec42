// Tous les textes des pages, en français.

import type { Messages } from './en';

export const fr: Messages = {
  language: 'Français',
  app: {
    title: 'service-metrics',
    skip: 'Aller au contenu',
    pages: 'Pages',
    live: 'En direct',
    incidents: 'Incidents',
    alerts: 'Alertes',
    rehearse: 'Exercices',
    system: 'Système',
    languages: 'Langue',
    theme: { label: 'Couleurs', system: 'Comme le système', light: 'Clair', dark: 'Sombre' },
    unknownPage: 'Cette page n’existe pas.',
    loading: 'Chargement…',
    broken: 'Cette page a échoué.',
    reload: 'La recharger',
  },
  connection: {
    label: 'Connexion à la passerelle',
    live: 'En direct',
    connecting: 'Connexion…',
    reconnecting: (seconds) => (seconds > 0 ? `Reconnexion dans ${seconds} s` : 'Reconnexion…'),
    staleSince: (time) => `Périmé depuis ${time}`,
    staleBecause: 'Prometheus ne répond pas ; voici les dernières valeurs.',
    lost: 'La passerelle ne répond pas ; voici les dernières valeurs.',
    waiting: 'En attente de la première mesure…',
  },
  live: {
    title: 'En direct',
    now: 'Maintenant',
    lately: 'Au fil du temps',
    queries: {
      prometheus_tsdb_head_series: 'Séries TSDB',
      prometheus_engine_queries: 'Requêtes actives',
      http_requests_total: 'Requêtes HTTP',
      cpu_usage_seconds_total: 'CPU utilisé',
      memory_usage_bytes: 'Mémoire utilisée',
      disk_usage_percent: 'Disque utilisé',
      request_duration_seconds: 'Durée (HTTP)',
      memory_usage: 'Mémoire',
      cpu_usage: 'CPU par instance',
      http_requests: 'Requêtes HTTP',
    },
    cores: (count) => `${count} cœurs`,
    noSeries: 'Aucune série.',
    secondBeat: 'Le débit sera connu à la deuxième mesure.',
    ofSeries: {
      amount: (count) => `Somme de ${count} séries`,
      level: (count) => `Maximum de ${count} séries`,
      counter: (count) => `Somme de ${count} séries`,
    },
    slow: (value, recent) => `Médiane ; p95 ${value}. ${recent ? 'Dernière minute.' : 'Depuis le début.'}`,
    buckets: 'Répartition des durées',
    bucket: (bound, share) => `jusqu’à ${bound} : ${share}`,
    window: 'Période',
    windowName: (window) =>
      window.replace(/\D/, '\u00a0$&').replace(/m$/, 'min').replace(/d$/, 'j').replace(/w$/, 'sem.'),
    rest: (count) => `${count} autres`,
    by: (labels) => `Par ${labels}.`,
    left: (count) => `Les plus grandes sont affichées ; ${count} ne le sont pas.`,
  },
  incidents: {
    title: 'Incidents',
  },
  alerts: {
    title: 'Alertes',
  },
  rehearse: {
    title: 'Exercices',
  },
  system: {
    title: 'Système',
  },
  chart: {
    label: (of) => `${of} : graphique, les flèches avancent ou reculent dans le temps`,
    line: 'Courbe',
    least: 'Minimum',
    greatest: 'Maximum',
    last: 'Dernière valeur',
    more: (count) => `et ${count} autres`,
  },
  fault: (what) => `Prometheus dit : ${what}`,
};
