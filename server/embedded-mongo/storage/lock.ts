import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Another process has the store open. Two of them on one file would each trust their own memory of it. */
export class StoreInUseError extends Error {
  override name = 'StoreInUseError';
}

/** A process that lost its parent closes at once, so the next one waits a little before it complains. */
const PATIENCE_MS = 10_000;
const STEP_MS = 50;

interface Holder {
  pid: number;
  /** Start of the process in clock ticks, where the system tells: a pid alone may have been given anew. */
  since: string;
}

/** What /proc says about when a process started; empty where there is no /proc or no such process. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive({ pid, since }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return since === '' || startOf(pid) === since;
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    // Not there, or a process died between making and writing it.
    return undefined;
  }
}

/** Whether a living process has the store open. */
export function isHeld(directory: string): boolean {
  const holder = readHolder(join(directory, 'lock'));
  return holder !== undefined && isAlive(holder);
}

/**
 * Takes the store's directory for this process.
 * @returns what gives it back
 * @throws StoreInUseError after ten seconds; file system errors as they are
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'lock');
  const mine = JSON.stringify({ pid: process.pid, since: startOf(process.pid) } satisfies Holder);
  for (const end = Date.now() + PATIENCE_MS; ; await delay(STEP_MS)) {
    try {
      writeFileSync(path, mine, { flag: 'wx', mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(path);
    if (holder && isAlive(holder)) {
      if (Date.now() > end)
        throw new StoreInUseError(`process ${holder.pid} has the store ${directory} open`);
      continue;
    }
    rmSync(path, { force: true });
  }
}
