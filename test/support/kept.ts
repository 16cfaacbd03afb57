import type { Page } from 'playwright-core';

/** What the browser's own database has of a kind, by name: what was typed, or what was read. */
export async function keptIn(page: Page, store: 'seen' | 'typed'): Promise<Map<string, unknown>> {
  const found = await page.evaluate(
    (name) =>
      new Promise<[string, unknown][]>((resolve, reject) => {
        // Opened by the page first: a database that is made here would be an empty one.
        const request = indexedDB.open('svodka');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const base = request.result;
          const end = (records: [string, unknown][]) => {
            base.close();
            resolve(records);
          };
          if (!base.objectStoreNames.contains(name)) return end([]);
          const records = base.transaction(name).objectStore(name);
          const keys = records.getAllKeys();
          const values = records.getAll();
          values.onsuccess = () =>
            end((keys.result as [string, string][]).map(([, each], i) => [each, values.result[i]]));
        };
      }),
    store,
  );
  return new Map(found);
}
