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
  fault: (what) => `Prometheus dit : ${what}`,
};
