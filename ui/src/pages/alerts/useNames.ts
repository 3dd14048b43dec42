// What severities and families are called: known ones in the language of the page, others as they are.

import { useTexts } from '../../messages/react';

export function useNames() {
  const { alerts } = useTexts();
  const find = (names: Record<string, string>, name: string) => (Object.hasOwn(names, name) ? names[name] : undefined);
  return {
    severity: (name: string) => (name === '' ? alerts.noSeverity : (find(alerts.severities, name) ?? name)),
    family: (name: string) => (name === '' ? alerts.noFamily : (find(alerts.families, name) ?? name)),
  };
}
