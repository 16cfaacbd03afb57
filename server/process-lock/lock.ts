// The one lock of a directory: the data directory has it, and the store's own folder in it, which a store that is started
// by hand uses alone. It knows no room; the embedded store imports it and nothing else beside itself.
import { randomBytes } from 'node:crypto';
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { birthOf, isAlive } from './process-identity.ts';

/** A holder on another host (two containers on one volume) is judged by the age of its last sign of life. */
const SIGN_MS = 5_000;
const LOST_MS = 20_000;

type Holder = { pid: number; birth?: string | null; host?: string; nonce?: string };

/** Somebody who lives holds the lock. */
export class LockHeld extends Error {
  constructor(readonly pid: number) {
    super(`held by process ${pid}`);
  }
}

export type Lock = { release(): Promise<void> };

async function read(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    if (error instanceof SyntaxError) return { pid: 0, birth: null, host: '', nonce: '' };
    throw error;
  }
}

async function lives(path: string, holder: Holder): Promise<boolean> {
  // Earlier programs named no host in the store's lock.
  if (holder.host !== undefined && holder.host !== hostname()) {
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    return holder.pid > 0 && age < LOST_MS;
  }
  if (holder.pid === process.pid)
    return holder.birth === birthOf(process.pid) && held.has(holder.nonce ?? '');
  return isAlive(holder.pid) && (holder.birth ?? birthOf(holder.pid)) === birthOf(holder.pid);
}

/** Whether somebody who lives holds the lock. */
export async function isLockHeld(path: string): Promise<boolean> {
  const holder = await read(path);
  return holder !== null && lives(path, holder);
}

/** The locks of this very process, so that a second start inside it is refused and a reused number is not. */
const held = new Set<string>();

/**
 * Takes the lock file at `path` for this process. A lock whose process has died, by SIGKILL or with the machine,
 * is taken over at once; a number that another program got since does not count as life.
 * @param waitMs how long a living holder may take to go, for example the one that this start replaces
 * @throws LockHeld
 */
export async function takeLock(path: string, waitMs = 0): Promise<Lock> {
  const nonce = randomBytes(12).toString('hex');
  const own: Holder = { pid: process.pid, birth: birthOf(process.pid), host: hostname(), nonce };
  const part = `${path}.${nonce}`;
  await writeFile(part, `${JSON.stringify(own)}\n`, { mode: 0o600 });
  const until = performance.now() + waitMs;
  try {
    for (;;) {
      try {
        await link(part, path); // the only step that gives the lock, and it never replaces a file
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await read(path);
      if (!holder) continue;
      if (await lives(path, holder)) {
        if (performance.now() >= until) throw new LockHeld(holder.pid);
        await pause(100);
        continue;
      }
      await discard(path, holder);
    }
  } finally {
    await rm(part, { force: true });
  }
  held.add(nonce);
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, SIGN_MS);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      held.delete(nonce);
      if ((await read(path))?.nonce === nonce) await rm(path, { force: true });
    },
  };
}

/** Somebody who died while removing a dead holder's file is given up after this. */
const DISCARD_MS = 5_000;

/**
 * Removes a dead holder's file. One at a time: whoever looked earlier must not take away what another has put there
 * since, not even for a moment.
 */
async function discard(path: string, dead: Holder): Promise<void> {
  const turn = `${path}.discarding`;
  try {
    await writeFile(turn, '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const since = (await stat(turn).catch(() => null))?.mtimeMs ?? Date.now();
    if (Date.now() - since > DISCARD_MS) await rm(turn, { force: true });
    else await pause(10);
    return;
  }
  try {
    if ((await read(path))?.nonce === dead.nonce) await rm(path, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}
