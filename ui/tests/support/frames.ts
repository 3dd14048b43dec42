// Frames whose data a test makes up, for what the Prometheus of the lab cannot be made to answer.

import type { Page } from 'playwright-core';

/** The frames of `type` that reach the page have data that `change` makes of those that the gateway sends. */
export async function rewriteFrames(page: Page, type: string, change: (data: unknown) => unknown): Promise<void> {
  await page.routeWebSocket('**/ws/alerts', (socket) => {
    socket.connectToServer().onMessage((text) => {
      const message = JSON.parse(String(text)) as { type: string; data?: unknown };
      if (message.type === type) message.data = change(message.data);
      socket.send(JSON.stringify(message));
    });
  });
}
