// How statuses and severities look. The platform may have others than these: they are quiet.

import type { Tone } from '../../components/Badge';
import { entry } from '../../model/words';

const STATUS: Record<string, Tone> = { open: 'critical', acknowledged: 'warning', resolved: 'good' };
const SEVERITY: Record<string, Tone> = {
  critical: 'critical',
  high: 'warning',
  warning: 'warning',
  medium: 'info',
  info: 'info',
};

export const statusTone = (status: string): Tone => entry(STATUS, status) ?? 'quiet';
export const severityTone = (severity: string): Tone => entry(SEVERITY, severity) ?? 'quiet';
