// The language of the page: the browser's, until somebody chooses another, which is remembered. English is at hand, any
// other is loaded: before the page is drawn if it is the one that is spoken, else soon after, as the gateway may be gone by
// the time that it is chosen.

import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';

import { recall, remember } from '../model/localStore';
import { units, type Units } from '../model/units';
import { en, type Messages } from './en';

/** Each by its own name. */
export const LANGUAGES = { en: 'English', fr: 'Français' };
type Language = keyof typeof LANGUAGES;

/** Later than all that the first page needs. */
const LATER_MS = 3_000;

/** What can be spoken so far. */
const known = new Map<Language, Messages>([['en', en]]);

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
  const [language, setLanguage] = useState(() => (known.has(preferred()) ? preferred() : 'en'));
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const other of Object.keys(LANGUAGES)) if (isLanguage(other)) void learn(other);
    }, LATER_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
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
        void learn(language).then((learned) => {
          if (learned) setLanguage(language);
        });
      },
      texts: known.get(language) ?? en,
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

/** Makes it possible to speak a language; says whether it now is. */
export async function learn(language: Language): Promise<boolean> {
  try {
    if (!known.has(language)) known.set(language, (await import('./fr')).fr);
    return true;
  } catch {
    return false; // the gateway is gone: another time
  }
}

/** The first of these that is spoken here: what was chosen, what the browser prefers, English. */
export function preferred(): Language {
  const wanted = [recall('language') ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2));
  return wanted.find(isLanguage) ?? 'en';
}

export function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}
