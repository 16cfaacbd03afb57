import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { until } from './until.ts';

/** Where the checkout is, seen from test/support and from build/compiled/test/support alike. */
function findRoot(): string {
  for (let dir = import.meta.dirname; dir !== dirname(dir); dir = dirname(dir)) {
    if (existsSync(join(dir, 'package-lock.json'))) return dir;
  }
  throw new Error('no package-lock.json above this file');
}

export const root = findRoot();
const SERVER = 'build/server/main.js';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A child with everything that it prints, whether or not it comes to anything. */
export interface Run {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  ended: Promise<Ended>;
}

/** Settings of the machine that runs the tests must not reach the application under test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LANG'];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/**
 * Starts the production build with exactly these settings, beside PORT=0. For tests that expect it to refuse;
 * others use startApp.
 */
export function runApp(env: Record<string, string>, program = SERVER, args: string[] = []): Run {
  if (!existsSync(join(root, SERVER))) throw new Error(`${SERVER} is missing: run npm run build first`);
  // As `npm start` and the image start it.
  const flags = ['--max-semi-space-size=32'];
  const child = spawn(process.execPath, [...flags, join(root, program), ...args], {
    cwd: root,
    env: { ...cleanEnvironment(), NODE_ENV: 'production', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

export interface App {
  /** Such as http://127.0.0.1:41234, without a slash at the end. */
  url: string;
  dataDir: string;
  pid: number;
  /** The first administrator; the password is known only to the start that made it, or that was given it. */
  admin: { login: string; password: string };
  /** Both streams so far, for a failing test to show. */
  output(): string;
  /** Asks it to end (SIGTERM), and waits; the data directory goes too, when startApp made it. */
  stop(): Promise<Ended>;
  /** Ends it with SIGKILL, as a power cut would; the data directory stays. The embedded store may outlive it a moment. */
  kill(): Promise<Ended>;
}

export interface StartOptions {
  env?: Record<string, string>;
  /** Kept after stop(), so that it can be started on again. Default: a new temporary one. */
  dataDir?: string;
  /** How long the address may take, ms. */
  timeoutMs?: number;
}

/** Starts the production build on a free port and waits until it has printed its address. */
export async function startApp({ env = {}, dataDir, timeoutMs = 30_000 }: StartOptions = {}): Promise<App> {
  const dir = dataDir ?? (await mkdtemp(join(tmpdir(), 'svodka-app-')));
  const run = runApp({ LOG_LEVEL: 'warn', ...env, DATA_DIR: dir });
  const output = () => run.stdout() + run.stderr();
  const { child } = run;
  const over = () => child.exitCode !== null || child.signalCode !== null;

  const url = await until(
    () => {
      if (over()) throw new Error(`the application ended before it listened:\n${output()}`);
      return /^Svodka: (https?:\/\/\S+?)\/?$/m.exec(run.stdout())?.[1];
    },
    { timeoutMs, what: () => `the application's address; it printed:\n${output()}` },
  ).catch(async (error: unknown) => {
    child.kill('SIGKILL');
    await run.ended;
    throw error;
  });
  const printed = /^Administrator: login (\S+), password (\S+)$/m.exec(run.stdout());

  return {
    url,
    dataDir: dir,
    pid: child.pid as number,
    admin: {
      login: printed?.[1] ?? env.ADMIN_LOGIN ?? 'admin',
      password: printed?.[2] ?? env.ADMIN_PASSWORD ?? '',
    },
    output,
    async stop() {
      if (!over()) child.kill('SIGTERM');
      const ended = await run.ended;
      if (!dataDir) await rm(dir, { recursive: true, force: true });
      return ended;
    },
    async kill() {
      child.kill('SIGKILL');
      return run.ended;
    },
  };
}

/** What the store of a data directory says of itself: its process, for tests that kill it. */
export async function storeOf(dataDir: string): Promise<{ pid: number; uri: string }> {
  return JSON.parse(await readFile(join(dataDir, 'store.json'), 'utf8'));
}
