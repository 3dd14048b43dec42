// Why a connection ended: a close code of the WebSocket, perhaps with words, as `Connection` tells it.

/** In the words of the page where it has some, always with the code itself. */
export function closing(reason: string, words: Record<string, string>): string {
  const code = Object.keys(words).find((code) => reason === code || reason.startsWith(`${code} `));
  const known = code === undefined ? undefined : words[code];
  return known === undefined ? reason : `${known} (${reason})`;
}
