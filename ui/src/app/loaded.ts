// Pages are loaded when they are first shown. By then the gateway may have another version of them, or be gone.

import { lazy, type ComponentType } from 'react';

export class Unloaded extends Error {}

export function loaded(load: () => Promise<{ default: ComponentType }>) {
  return lazy(() =>
    load().catch((cause: unknown) => {
      throw new Unloaded(String(cause), { cause });
    }),
  );
}
