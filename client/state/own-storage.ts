// What one person has typed and the server does not have yet, in this browser's storage: one record a thing, so that
// tabs of one person do not overwrite each other's. Nobody else's page reads it. When the storage is refused or full
// it is said once, and goes on in memory.
import type { Id } from '@svodka/shared/contracts/id';
import { t } from './i18n.svelte.ts';
import { toasts } from './toasts.svelte.ts';

const PREFIX = 'svodka.own';
/** Records that nobody has touched for so long are let go, ms. */
const KEPT_MS = 30 * 24 * 3_600_000;

type Kept = { at: number; value: unknown };

const memory = new Map<string, string>();
let said = false;

const keyOf = (person: Id, name: string) => `${PREFIX}.${person}.${name}`;

/** Whether something is kept in memory only, and ends with the page. */
export const isFragile = (): boolean => memory.size > 0;

export function readOwn<T>(person: Id, name: string): T | null {
  return parsed<T>(read(keyOf(person, name)));
}

/** @param value null: no longer wanted */
export function writeOwn(person: Id, name: string, value: unknown): void {
  const key = keyOf(person, name);
  if (value === null) {
    memory.delete(key);
    attempt(() => localStorage.removeItem(key));
    return;
  }
  const text = JSON.stringify({ at: Date.now(), value } satisfies Kept);
  if (attempt(() => localStorage.setItem(key, text))) memory.delete(key);
  else {
    // What stands there is older than what is kept now.
    attempt(() => localStorage.removeItem(key));
    memory.set(key, text);
    if (!said)
      toasts.show({ key: 'storage', title: t('own.refused'), text: t('own.refused.text'), lastsMs: null });
    said = true;
  }
}

/** The person's records whose name begins so, by name. */
export function listOwn<T>(person: Id, prefix: string): Map<string, T> {
  const begin = keyOf(person, '');
  const names = new Set(memory.keys());
  attempt(() => {
    for (let i = 0; i < localStorage.length; i++) names.add(localStorage.key(i) ?? '');
  });
  const found = new Map<string, T>();
  for (const key of [...names].filter((each) => each.startsWith(begin + prefix)).sort()) {
    const value = parsed<T>(read(key));
    if (value !== null) found.set(key.slice(begin.length), value);
  }
  return found;
}

/** Lets go of what is too old, whoever's it is. */
export function forgetOldOwn(now = Date.now()): void {
  attempt(() => {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(`${PREFIX}.`)) continue;
      const kept = parse(localStorage.getItem(key));
      if (!kept || now - kept.at > KEPT_MS) localStorage.removeItem(key);
    }
  });
}

/** Calls when another tab has written something of the person; call the result when it is no longer wanted. */
export function whenOwnChanges(listener: () => void): () => void {
  const heard = ({ key }: StorageEvent) => {
    if (key === null || key.startsWith(`${PREFIX}.`)) listener();
  };
  addEventListener('storage', heard);
  return () => removeEventListener('storage', heard);
}

function read(key: string): string | null {
  const inMemory = memory.get(key);
  if (inMemory !== undefined) return inMemory;
  let text: string | null = null;
  attempt(() => {
    text = localStorage.getItem(key);
  });
  return text;
}

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
