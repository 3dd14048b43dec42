// Reads what came from elsewhere, and may be anything.

/** What a JSON text says; `undefined` if it is none. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
