// Above every page: where one can go, how the connection is, language and colours.

import type { ReactNode } from 'react';
import { Link, useRoute } from 'wouter';

import { LANGUAGES, isLanguage, useSpeech } from '../messages/react';
import { Guard } from '../components/Guard';
import { AlertCount } from './AlertCount';
import { ConnectionBadge } from './ConnectionBadge';
import { isOff, PAGES } from '../pages/pages';
import { useSettings } from '../rest/settings';
import { SmallChoice } from './SmallChoice';
import { THEMES, isTheme, useTheme } from './theme';
import styles from './Header.module.css';

export function Header() {
  const { texts, language, speak } = useSpeech();
  const [theme, chooseTheme] = useTheme();
  const settings = useSettings().data;
  const focusContent = () => document.getElementById('content')?.focus();
  return (
    <header className={styles.header}>
      <button type="button" className={styles.skip} onClick={focusContent}>
        {texts.app.skip}
      </button>
      <div className={styles.bar}>
        <span className={styles.title}>{texts.app.title}</span>
        <nav aria-label={texts.app.pages} className={styles.pages}>
          {PAGES.filter(([, name]) => !isOff(name, settings)).map(([path, name]) => (
            <PageLink key={path} path={path}>
              {texts.app[name]}
              {name === 'alerts' && (
                <span className={styles.count}>
                  <Guard>
                    <AlertCount />
                  </Guard>
                </span>
              )}
            </PageLink>
          ))}
        </nav>
        <div className={styles.tools}>
          <Guard>
            <ConnectionBadge />
          </Guard>
          <SmallChoice
            label={texts.app.languages}
            value={language}
            options={Object.entries(LANGUAGES).map(([id, text]) => ({ id, text }))}
            onChange={(id) => {
              if (isLanguage(id)) speak(id);
            }}
          />
          <SmallChoice
            label={texts.app.theme.label}
            value={theme}
            options={THEMES.map((id) => ({ id, text: texts.app.theme[id] }))}
            onChange={(id) => {
              if (isTheme(id)) chooseTheme(id);
            }}
          />
        </div>
      </div>
    </header>
  );
}

function PageLink({ path, children }: { path: string; children: ReactNode }) {
  const [here] = useRoute(path);
  return (
    <Link href={path} className={styles.page ?? ''} aria-current={here ? 'page' : undefined}>
      {children}
    </Link>
  );
}
