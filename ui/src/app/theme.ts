// Light, dark, or as the system says; what was chosen is remembered.

import { useState } from 'react';

import { recall, remember } from '../model/localStore';

export const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

export function isTheme(name: unknown): name is Theme {
  return THEMES.some((theme) => theme === name);
}

/** Before anything is drawn. */
export function applyTheme(): Theme {
  const remembered = recall('theme');
  const theme = isTheme(remembered) ? remembered : 'system';
  document.documentElement.dataset.theme = theme;
  return theme;
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(applyTheme);
  const choose = (theme: Theme) => {
    remember('theme', theme);
    applyTheme();
    setTheme(theme);
  };
  return [theme, choose];
}
