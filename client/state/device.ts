// The one database of this browser: what people have typed and the server does not have yet, what was last read, so
// that the desk stays readable without a line, and files that wait to be sent. Fetched behind the first screen. Each
// record is one person's; who may ask for it is decided by whoever calls.
import type { Id } from '@svodka/shared/contracts/id';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { UPLOADS } from './uploads-kept.ts';

/** `at`: when it was kept, ms. */
export type Kept = { at: number; value: unknown };
type Key = [person: Id, name: string];

interface Stores extends DBSchema {
  typed: { key: Key; value: Kept; indexes: { at: number } };
  seen: { key: Key; value: Kept; indexes: { at: number } };
  files: { key: Id; value: Blob };
}
type Base = IDBPDatabase<Stores>;

let opening: Promise<Base> | null = null;

/** Throws when the browser refuses it. */
export function open(): Promise<Base> {
  const closed = () => {
    opening = null;
  };
  opening ??= openDB<Stores>('svodka', 1, {
    upgrade(base) {
      base.createObjectStore('typed').createIndex('at', 'at');
      base.createObjectStore('seen').createIndex('at', 'at');
      base.createObjectStore('files');
    },
    // A page of a later version wants to change it, or the browser has closed it.
    blocking: (_, __, { target }) => {
      closed();
      (target as IDBDatabase).close();
    },
    terminated: closed,
  }).catch((error: unknown) => {
    closed();
    throw error;
  });
  return opening;
}

const allOf = (person: Id, begin = '') => IDBKeyRange.bound([person, begin], [person, `${begin}\uffff`]);

export async function typedBy(person: Id): Promise<[name: string, kept: Kept][]> {
  const { store } = (await open()).transaction('typed');
  const [keys, values] = await Promise.all([store.getAllKeys(allOf(person)), store.getAll(allOf(person))]);
  return keys.flatMap(([, name], i) => (values[i] ? [[name, values[i]]] : []));
}

export async function typed(person: Id, name: string): Promise<Kept | undefined> {
  return (await open()).get('typed', [person, name]);
}

/** @param kept null: no longer wanted. Throws when there is no room. */
export async function keepTyped(person: Id, name: string, kept: Kept | null): Promise<void> {
  const base = await open();
  if (kept) await base.put('typed', kept, [person, name]);
  else await base.delete('typed', [person, name]);
}

/** Lets go of what was typed before that instant, and of files that waited since then, whoever's it is. */
export async function forgetTyped(before: number): Promise<void> {
  const transaction = (await open()).transaction(['typed', 'files'], 'readwrite');
  const [typed, files] = [transaction.objectStore('typed'), transaction.objectStore('files')];
  for (const key of await typed.index('at').getAllKeys(IDBKeyRange.upperBound(before))) {
    await typed.delete(key);
    const [, name] = key;
    if (name.startsWith(UPLOADS)) await files.delete(name.slice(UPLOADS.length));
  }
}

/** @param most how many of the person's records that begin like this one are kept, the newest */
export async function keepSeen(person: Id, name: string, value: unknown, most: number): Promise<void> {
  const { store } = (await open()).transaction('seen', 'readwrite');
  await store.put({ at: Date.now(), value }, [person, name]);
  const alike = new Set(
    (await store.getAllKeys(allOf(person, `${name.split(' ')[0]} `))).map(([, each]) => each),
  );
  if (alike.size <= most) return;
  const oldest = await store.index('at').getAllKeys();
  const mine = oldest.filter(([owner, each]) => owner === person && alike.has(each));
  for (const key of mine.slice(0, mine.length - most)) await store.delete(key);
}

export async function seen(person: Id, name: string): Promise<Kept | undefined> {
  return (await open()).get('seen', [person, name]);
}

/** @param except whose records stay */
export async function wipeSeen(except: Id | null): Promise<void> {
  const { store } = (await open()).transaction('seen', 'readwrite');
  for (const key of await store.getAllKeys()) if (key[0] !== except) await store.delete(key);
}

export async function putFile(id: Id, file: Blob): Promise<void> {
  await (await open()).put('files', file, id);
}

export async function fileOf(id: Id): Promise<Blob | undefined> {
  return (await open()).get('files', id);
}

export async function dropFile(id: Id): Promise<void> {
  await (await open()).delete('files', id);
}
