// The tone of a severity, of alerts and of incidents. Others than these may come: they are shown without alarm.

import { entry } from '../model/words';
import type { Tone } from './Badge';

const TONES: Record<string, Tone> = {
  critical: 'critical',
  high: 'warning',
  warning: 'warning',
  medium: 'info',
  info: 'info',
  low: 'quiet',
};

export const severityTone = (severity: string): Tone => entry(TONES, severity) ?? 'info';
