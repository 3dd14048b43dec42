// Pages are loaded when they are first shown or, as the gateway may be gone by then, soon after the first one. It may
// have another version of them, too.

import { lazy, type ComponentType } from 'react';

export class Unloaded extends Error {}

/** Later than all that the first page needs. */
const LATER_MS = 3_000;

export function loaded(load: () => Promise<{ default: ComponentType }>) {
  setTimeout(() => {
    load().catch(() => undefined); // whoever shows it says so
  }, LATER_MS);
  return lazy(() =>
    load().catch((cause: unknown) => {
      throw new Unloaded(String(cause), { cause });
    }),
  );
}
