// What the browser remembers between visits. It may refuse: then nothing is remembered.

type Key = 'language' | 'theme';

export function recall(key: Key): string | undefined {
  try {
    return localStorage.getItem(`service-metrics.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(key: Key, value: string): void {
  try {
    localStorage.setItem(`service-metrics.${key}`, value);
  } catch {
    // A private window, or a full disk.
  }
}
