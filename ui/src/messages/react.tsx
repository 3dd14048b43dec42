// The language of the page: the browser's, until somebody chooses another, which is remembered.

import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';

import { recall, remember } from '../app/memory';
import { units, type Units } from '../model/units';
import { en, type Messages } from './en';
import { fr } from './fr';

export const LANGUAGES = { en, fr };
type Language = keyof typeof LANGUAGES;

interface Speech {
  language: Language;
  /** The BCP 47 tag by which numbers and times are written: that of the browser, if it is of the language. */
  locale: string;
  speak: (language: Language) => void;
  texts: Messages;
  units: Units;
}

const Context = createContext<Speech | undefined>(undefined);

export function SpeechProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(preferred);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speech = useMemo(() => {
    const locale = navigator.languages.find((tag) => tag.slice(0, 2) === language) ?? language;
    return {
      language,
      locale,
      speak: (language: Language) => {
        remember('language', language);
        setLanguage(language);
      },
      texts: LANGUAGES[language],
      units: units(locale),
    };
  }, [language]);
  return <Context value={speech}>{children}</Context>;
}

export function useSpeech(): Speech {
  const speech = use(Context);
  if (!speech) throw new Error('outside of a SpeechProvider');
  return speech;
}

export const useTexts = (): Messages => useSpeech().texts;
export const useUnits = (): Units => useSpeech().units;

/** The first of these that is spoken here: what was chosen, what the browser prefers, English. */
function preferred(): Language {
  const wanted = [recall('language') ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2));
  return wanted.find(isLanguage) ?? 'en';
}

export function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}
