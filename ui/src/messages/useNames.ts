// What severities and families are called: known ones in the language of the page, others as they are.

import { inWords } from '../model/words';
import { useTexts } from './react';

export function useNames() {
  const { alerts } = useTexts();
  return {
    severity: (name: string) => (name === '' ? alerts.noSeverity : inWords(alerts.severities, name)),
    family: (name: string) => (name === '' ? alerts.noFamily : inWords(alerts.families, name)),
  };
}
