// Frames whose data a test makes up, for what the Prometheus of the lab cannot be made to answer.

import type { Page } from 'playwright-core';

/**
 * The frames of `type` that reach the page have data that `change` makes of those that the gateway sends. The answer
 * sends the last one once more, as the next.
 */
export async function rewriteFrames(page: Page, type: string, change: (data: unknown) => unknown): Promise<() => void> {
  let again: (() => void) | undefined;
  await page.routeWebSocket('**/ws/alerts', (socket) => {
    socket.connectToServer().onMessage((text) => {
      const message = JSON.parse(String(text)) as { type: string; seq: number; data?: unknown };
      if (message.type !== type) {
        socket.send(text);
        return;
      }
      const send = (seq: number) => {
        socket.send(JSON.stringify({ ...message, seq, data: change(message.data) }));
      };
      send(message.seq);
      again = () => {
        send(message.seq + 1);
      };
    });
  });
  return () => again?.();
}
