// What others name, in the words of the page. They may have names that the page does not know.

/** The entry that somebody has put there, not what every object has. */
export function entry<Value>(of: Record<string, Value>, name: string): Value | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

/** `word` as `words` have it; else as it is. */
export const inWords = (words: Record<string, string>, word: string): string => entry(words, word) ?? word;

/** What servers set between backticks, in the quotation marks of the page. */
export function quoted(text: string, quote: (what: string) => string): string {
  return text.replace(/`([^`]+)`/g, (_, what: string) => quote(what));
}

/** What others say may end without a stop. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
