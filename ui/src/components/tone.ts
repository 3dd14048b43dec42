// The tone of a severity.

import type { Tone } from './Badge';

export function toneOf(severity: string): Tone {
  switch (severity) {
    case 'critical':
      return 'critical';
    case 'warning':
      return 'warning';
    default:
      return 'info';
  }
}
