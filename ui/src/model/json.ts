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

/** The members of an object; none of anything else. */
export function members(value: unknown): Record<string, unknown> {
  return isObject(value) && !Array.isArray(value) ? value : {};
}

/** The entries of a list; none of anything else. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text, or a number as one; empty for anything else. */
export function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A text; nothing for anything else. */
export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A number; nothing for anything else. */
export function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** An object whose values are texts. It has no prototype: a label may be called `constructor`. */
export function texts(value: unknown): Record<string, string> {
  const found = Object.create(null) as Record<string, string>;
  for (const [name, one] of Object.entries(members(value))) found[name] = text(one);
  return found;
}
