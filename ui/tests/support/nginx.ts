// A real nginx before a gateway.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PATIENCE_MS } from './patience';
import { freePort } from './servers';

/** Debian has it where only root looks. */
const EXECUTABLE = process.env.NGINX ?? '/usr/sbin/nginx';

export class Nginx {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  /** `server` is what stands in the `server` block besides the port. */
  static async start(server: string): Promise<Nginx> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder};`);
    const settings = `
      pid ${folder}/pid;
      worker_processes 1;
      events {}
      http {
        access_log off;
        ${temporary.join(' ')}
        map $http_upgrade $connection_upgrade { default upgrade; '' close; }
        server { listen 127.0.0.1:${port}; ${server} }
      }`;
    writeFileSync(join(folder, 'nginx.conf'), settings);
    const child = spawn(EXECUTABLE, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-g', 'daemon off;'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const nginx = new Nginx(port, folder, child);
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await nginx.answers())) {
      if (Date.now() > deadline || child.exitCode !== null) throw new Error('nginx does not start');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return nginx;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async answers(): Promise<boolean> {
    try {
      await fetch(this.url, { redirect: 'manual' });
      return true;
    } catch {
      return false;
    }
  }
}
