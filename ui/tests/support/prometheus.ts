// A scripted Prometheus, for what a real one cannot be made to answer on demand: many series over a whole day, new ones
// on each beat.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const POINTS = 289;
const STEP = 300;

export class ScriptedPrometheus {
  private constructor(private readonly server: Server) {}

  /** Answers every range query with `series` lines of 24 hours, which end now. */
  static async start(series: number): Promise<ScriptedPrometheus> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const data = pathname.endsWith('/query_range')
        ? { resultType: 'matrix', result: matrix(series) }
        : pathname.endsWith('/alerts')
          ? { alerts: [] }
          : { resultType: 'vector', result: [] };
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ status: 'success', data }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedPrometheus(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function matrix(series: number) {
  const end = Math.floor(Date.now() / 1000 / STEP) * STEP;
  return Array.from({ length: series }, (_, index) => ({
    metric: { __name__: 'memory_usage_bytes', instance: `app-${index}:9100`, job: 'mock-metrics' },
    values: Array.from({ length: POINTS }, (_, point) => [
      end - (POINTS - 1 - point) * STEP,
      String(Math.round(2.5e8 + 1e8 * Math.sin((point + index * 7) / 20) + Math.random() * 1e7)),
    ]),
  }));
}
