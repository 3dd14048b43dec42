// The servers that a test talks to. `make test` runs the tests inside a lab, whose addresses are in the environment; a
// test that kills or cuts something has a gateway of its own beside it.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

import { PATIENCE_MS } from './patience';

const UI = fileURLToPath(new URL('../../dist', import.meta.url));

/** An address of the lab's. */
export function lab(name: 'GATEWAY_URL' | 'SIMULATOR_URL' | 'PROMETHEUS_URL' | 'ALERTMANAGER_URL'): string {
  const url = process.env[name];
  if (!url) throw new Error(`${name} is not set: run this as \`make test\` does, or with \`lab -- npm run browser\``);
  return url;
}

/** A port that is free now, on all interfaces, as the gateway listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A gateway that can be killed and started again on the same port. */
export class Gateway {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly prometheus: string,
    private readonly flags: string[],
  ) {}

  static async start(prometheus: string, ...flags: string[]): Promise<Gateway> {
    const gateway = new Gateway(await freePort(), prometheus, flags);
    await gateway.start();
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.child = spawn('service-metrics', this.flags, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        PORT: String(this.port),
        PROMETHEUS_URL: this.prometheus,
        POLL_INTERVAL: '1000',
        RUST_LOG: 'error',
        SERVICE_METRICS__UI__DIR: UI,
      },
    });
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await this.answers())) {
      if (Date.now() > deadline || hasEnded(this.child)) throw new Error('the gateway does not start');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Without a good-bye. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || hasEnded(child)) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  private async answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health`)).ok;
    } catch {
      return false;
    }
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** The way to a server, which can be cut and mended. */
export class Cable {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (near) => {
      this.join(near);
    });
  }

  static async to(url: string): Promise<Cable> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Cable(server, new URL(url));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private join(near: Socket): void {
    if (this.isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(this.target.port), this.target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
