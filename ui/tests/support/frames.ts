// Frames that a test makes up, for what the Prometheus of the lab cannot be made to answer.

import type { Page } from 'playwright-core';

/** What a frame says. */
export interface Said {
  data?: unknown;
  warnings?: unknown;
}

/**
 * The frames of `type` that reach the page have data that `change` makes of those that the gateway sends. The answer
 * sends the last one once more, as the next.
 */
export function rewriteFrames(page: Page, type: string, change: (data: unknown) => unknown): Promise<() => void> {
  return rewriteAllFrames(page, (message) => (message.type === type ? { data: change(message.data) } : undefined));
}

/** The same for frames of all types: what `change` leaves out passes as it is. */
export async function rewriteAllFrames(page: Page, change: (frame: Said & { type: string }) => Said | undefined): Promise<() => void> {
  const again = new Map<string, () => void>();
  await page.routeWebSocket('**/ws/alerts', (socket) => {
    socket.connectToServer().onMessage((text) => {
      const message = JSON.parse(String(text)) as Said & { type: string; seq: number };
      const { type } = message;
      if (!('data' in message)) {
        socket.send(text);
        return;
      }
      let { seq } = message;
      const send = () => {
        socket.send(JSON.stringify({ ...message, ...change(message), seq }));
        seq += 1;
      };
      send();
      again.set(type, send);
    });
  });
  return () => {
    for (const send of again.values()) send();
  };
}
