import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, startApp, storeOf } from './app-process.ts';
import { Client } from './client.ts';

type Account = { login: string; password: string };
const ADMIN: Account = { login: 'admin', password: 'steady-anchor-31' };
const PATIENCE_MS = 120_000;
/** Below the ports that the system gives to those who ask for any: while it is down nobody takes the one it had. */
const PORTS = { from: 20_000, count: 10_000 };

async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * PORTS.count);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((closed) => server.close(closed));
    return port;
  }
}

/** The built application on data that outlive it, for tests that kill it and start it again at the same address. */
export class LastingApp {
  readonly admin = ADMIN;
  readonly dataDir: string;
  readonly #env: Record<string, string>;
  #app: App | undefined;

  private constructor(dataDir: string, env: Record<string, string>) {
    this.dataDir = dataDir;
    this.#env = env;
  }

  static async start(env: Record<string, string> = {}): Promise<LastingApp> {
    const dataDir = await mkdtemp(join(tmpdir(), 'svodka-lasting-'));
    const app = new LastingApp(dataDir, {
      PORT: String(await freePort()),
      ADMIN_LOGIN: ADMIN.login,
      ADMIN_PASSWORD: ADMIN.password,
      ...env,
    });
    await app.again();
    return app;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#env.PORT}`;
  }

  signIn({ login, password }: Account = ADMIN): Promise<Client> {
    return new Client(this.url).signIn(login, password);
  }

  /** Ends the server with SIGKILL, and its store at the same instant unless that is to outlive it. */
  async kill({ withStore = true } = {}): Promise<void> {
    const store = withStore ? await storeOf(this.dataDir) : null;
    if (store) process.kill(store.pid, 'SIGKILL');
    await this.#app?.kill();
  }

  /** Starts it again on what is there. */
  async again(): Promise<void> {
    this.#app = await startApp({ env: this.#env, dataDir: this.dataDir, timeoutMs: PATIENCE_MS });
  }

  /** Ends it in order; the data stay. */
  async stop(): Promise<void> {
    await this.#app?.stop();
  }

  /** Ends it, and removes its data. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
