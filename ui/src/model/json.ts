// Reads what came from elsewhere, and may be anything.

/** What a JSON text says; `undefined` if it is none. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether it has members that can be asked for: an object, or an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
