// Files that wait to be sent, in the browser's database: they survive a reload and a day without signal. Where it is
// refused (a private window) they last as long as the page.
import type { Id } from '@svodka/shared/contracts/id';

const NAME = 'svodka.files';
const memory = new Map<Id, Blob>();
let opening: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('files');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

async function run<T>(
  mode: IDBTransactionMode,
  ask: (files: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  try {
    const transaction = (await open()).transaction('files', mode);
    return await new Promise((resolve, reject) => {
      const request = ask(transaction.objectStore('files'));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } catch {
    return undefined;
  }
}

export async function keepFile(id: Id, file: Blob): Promise<void> {
  // At hand in any case: what is sent from this page need not be read again.
  memory.set(id, file);
  await run('readwrite', (files) => files.put(file, id));
}

export async function keptFile(id: Id): Promise<Blob | null> {
  return memory.get(id) ?? (await run<Blob>('readonly', (files) => files.get(id))) ?? null;
}

export async function letFileGo(id: Id): Promise<void> {
  memory.delete(id);
  await run('readwrite', (files) => files.delete(id));
}
