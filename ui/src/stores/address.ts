// The page's address, of one kind for all pages: `#/alerts?severity=critical`. What is chosen on a page is in it, so that
// a reload, a link and the browser's Back and Forward show what was seen.

import { useCallback, useSyncExternalStore } from 'react';

interface Address {
  /** `/alerts`; `/` is the first page. */
  path: string;
  /** What is chosen there, as a query string without `?`. */
  query: string;
}

/** A choice is a step that Back takes back; what is typed, letter by letter, is none. */
export type Step = 'push' | 'replace';

/** Reads what follows the `#`; the slash before the page is not asked for, and the first page has a name too. */
export function parse(hash: string): Address {
  const [path = '', ...query] = hash.replace(/^#?\/*/, '').split('?');
  const name = path.replace(/\/+$/, '');
  return { path: name === 'live' ? '/' : `/${name}`, query: query.join('?') };
}

/** The other way. */
export function format({ path, query }: Address): string {
  return `#${path}${query === '' ? '' : `?${query}`}`;
}

/**
 * Where filters used to stand before the `#`, they are put behind it: links of that time lead where they led. `undefined`
 * if nothing is to be changed.
 */
export function moved(search: string, hash: string): string | undefined {
  const { path, query } = parse(hash);
  if (search.length < 2 || path !== '/incidents' || query !== '') return undefined;
  return format({ path, query: search.slice(1) });
}

/** Before anything is drawn. */
export function tidyAddress(): void {
  const hash = moved(location.search, location.hash);
  if (hash !== undefined) history.replaceState(history.state, '', location.pathname + hash);
}

const listeners = new Set<() => void>();

function listen(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  window.addEventListener('hashchange', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
    window.removeEventListener('hashchange', listener);
  };
}

function go(address: Address, step: Step): void {
  const hash = format(address);
  if (hash === format(parse(location.hash))) return;
  history[step === 'push' ? 'pushState' : 'replaceState'](history.state, '', hash);
  for (const listener of listeners) listener();
}

const pathNow = () => parse(location.hash).path;
const queryNow = () => parse(location.hash).query;

function navigate(to: string, { replace = false }: { replace?: boolean } = {}): void {
  go(parse(to), replace ? 'replace' : 'push');
}

/** Where wouter is to find the page: the path alone. */
export function useHashPath(): [string, typeof navigate] {
  return [useSyncExternalStore(listen, pathNow), navigate];
}

/** What links lead to. */
useHashPath.hrefs = (path: string) => `#${path}`;

/** What is chosen on the page that is shown, and how to choose something else. */
export function useChosen(): [string, (query: string, step: Step) => void] {
  const query = useSyncExternalStore(listen, queryNow);
  const choose = useCallback((query: string, step: Step) => {
    go({ path: pathNow(), query }, step);
  }, []);
  return [query, choose];
}
