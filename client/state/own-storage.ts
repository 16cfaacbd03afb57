// What one person has typed and the server does not have yet, kept in this browser: one record a thing, so that tabs of
// one person do not overwrite each other's. Nobody else's page reads it. A record is written to localStorage at once,
// for a page may end within the next millisecond, and handed over from there to the database (`device`), which has room
// and asks nobody to wait; where that is refused it stays where it is. When neither takes it that is said once, and it
// goes on in memory.
import type { Id } from '@svodka/shared/contracts/id';
import type { Kept } from './device.ts';
import { t } from './i18n.svelte.ts';
import { onDevice } from './on-device.ts';
import { toasts } from './toasts.svelte.ts';

const PREFIX = 'svodka.own';
/** Records that nobody has touched for so long are let go, ms. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** What the database has of the person, and what nothing takes. */
const memory = new Map<string, string>();
/** Kept in memory only. */
const fragile = new Set<string>();
let device: Awaited<ReturnType<typeof onDevice>> = null;
let opening: { person: Id; done: Promise<void> } | null = null;
const handing = new Set<Promise<void>>();
const listeners = new Set<() => void>();
let said = false;

const keyOf = (person: Id, name: string) => `${PREFIX}.${person}.${name}`;

/** Whether something is kept in memory only, and ends with the page. */
export const isFragile = (): boolean => fragile.size > 0;

/** Reads what there is of the person; before that only what was not handed over is known. */
export function openOwn(person: Id): Promise<void> {
  if (opening?.person !== person) opening = { person, done: readAll(person) };
  return opening.done;
}

async function readAll(person: Id): Promise<void> {
  const begin = keyOf(person, '');
  try {
    device = await onDevice();
    for (const [name, kept] of (await device?.typedBy(person)) ?? [])
      memory.set(begin + name, JSON.stringify(kept));
  } catch {
    device = null;
  }
  forgetOld();
  if (!device) return;
  // What an earlier page did not live to hand over.
  for (const key of journal(begin)) {
    const text = written(key);
    if (text === null) continue;
    // The database knows no more than what was before.
    if (parsed(text) === null) memory.delete(key);
    else memory.set(key, text);
    void handOver(person, key.slice(begin.length), text);
  }
}

export function readOwn<T>(person: Id, name: string): T | null {
  return parsed<T>(read(keyOf(person, name)));
}

/** As it stands now, also when another tab has just written it. */
export async function readOwnAnew<T>(person: Id, name: string): Promise<T | null> {
  const key = keyOf(person, name);
  await ownSettled();
  if (device && !fragile.has(key) && written(key) === null) {
    try {
      return ((await device.typed(person, name))?.value as T | undefined) ?? null;
    } catch {
      // As this tab knows it.
    }
  }
  return readOwn<T>(person, name);
}

/** @param value null: no longer wanted */
export function writeOwn(person: Id, name: string, value: unknown): void {
  const key = keyOf(person, name);
  const text = JSON.stringify({ at: Date.now(), value } satisfies Kept);
  fragile.delete(key);
  memory.delete(key);
  // That it is no longer wanted is written too, until the database knows it.
  const isWritten =
    value === null && !device
      ? attempt(() => localStorage.removeItem(key))
      : attempt(() => localStorage.setItem(key, text));
  // What stands there is older than what is kept now.
  if (!isWritten) attempt(() => localStorage.removeItem(key));
  if (value !== null && (device || !isWritten)) memory.set(key, text);
  if (device) void handOver(person, name, text);
  else if (!isWritten && value !== null) isLost(key);
}

/** When everything that was written here has reached the database. */
export async function ownSettled(): Promise<void> {
  while (handing.size > 0) await Promise.all(handing);
}

/** The person's records whose name begins so, by name. */
export function listOwn<T>(person: Id, prefix: string): Map<string, T> {
  const begin = keyOf(person, '');
  const found = new Map<string, T>();
  const names = new Set([...memory.keys()].filter((key) => key.startsWith(begin + prefix)));
  for (const key of [...names, ...journal(begin + prefix).filter((each) => !names.has(each))].sort()) {
    const value = parsed<T>(read(key));
    if (value !== null) found.set(key.slice(begin.length), value);
  }
  return found;
}

/** Calls when another tab has written something of the person; call the result when it is no longer wanted. */
export function whenOwnChanges(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener('storage', heard);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function heard({ key, newValue }: StorageEvent): void {
  if (key !== null && !key.startsWith(`${PREFIX}.`)) return;
  if (key !== null && device) {
    // Gone from there: it was handed over.
    if (newValue === null) return;
    if (parsed(newValue) === null) memory.delete(key);
    else memory.set(key, newValue);
  }
  for (const listener of listeners) listener();
}

/** From localStorage into the database. */
async function handOver(person: Id, name: string, text: string): Promise<void> {
  const key = keyOf(person, name);
  const kept = parse(text);
  const handed = (async () => {
    try {
      await device?.keepTyped(person, name, kept?.value == null ? null : kept);
      if (written(key) === text) attempt(() => localStorage.removeItem(key));
    } catch {
      // There is no room: it stays where it is.
      if (written(key) === null && memory.get(key) === text) isLost(key);
    }
  })();
  handing.add(handed);
  await handed;
  handing.delete(handed);
}

function isLost(key: string): void {
  fragile.add(key);
  if (!said)
    toasts.show({ key: 'storage', title: t('own.refused'), text: t('own.refused.text'), lastsMs: null });
  said = true;
}

/** Lets go of what is too old, whoever's it is. */
function forgetOld(now = Date.now()): void {
  void device?.forgetTyped(now - KEPT_MS).catch(() => undefined);
  attempt(() => {
    for (const key of journal(`${PREFIX}.`)) {
      const kept = parse(localStorage.getItem(key));
      if (!kept || now - kept.at > KEPT_MS) localStorage.removeItem(key);
    }
  });
}

function journal(begin: string): string[] {
  let keys: string[] = [];
  attempt(() => {
    keys = Object.keys(localStorage).filter((key) => key.startsWith(begin));
  });
  return keys;
}

function written(key: string): string | null {
  let text: string | null = null;
  attempt(() => {
    text = localStorage.getItem(key);
  });
  return text;
}

/** What was not handed over is the newest. */
const read = (key: string): string | null => written(key) ?? memory.get(key) ?? null;

function parse(text: string | null): Kept | null {
  try {
    const kept = JSON.parse(text ?? 'null') as Kept | null;
    return typeof kept?.at === 'number' ? kept : null;
  } catch {
    return null;
  }
}

const parsed = <T>(text: string | null): T | null => (parse(text)?.value as T | undefined) ?? null;

function attempt(what: () => void): boolean {
  try {
    what();
    return true;
  } catch {
    return false;
  }
}
