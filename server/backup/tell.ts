import type { Contents } from '../embedded-mongo/backup.ts';
import { EXIT, StartError } from '../platform/data-directory/exit.ts';

const COUNTED = ['events', 'comments', 'projects', 'counterparties', 'users', 'notices', 'deliveries'];

/** Size, counts and time, for a person. */
export function tellContents({ bytes, entries, documents }: Contents, ms: number): void {
  const byName = new Map([...documents].map(([name, count]) => [name.slice(name.indexOf('.') + 1), count]));
  const counts = COUNTED.map((name) => `${byName.get(name) ?? 0} ${name}`).join(', ');
  const all = [...documents.values()].reduce((sum, count) => sum + count, 0);
  console.log(`${(bytes / 1024 / 1024).toFixed(1)} MiB in ${(ms / 1000).toFixed(1)} s: ${counts}`);
  console.log(
    `${all} documents of ${documents.size} collections, ${entries} entries: every page looked at, all whole.`,
  );
}

/** @throws StartError always: another store's own tools know better */
export function onMongodb(tool: string): never {
  throw new StartError(
    `MONGODB_URI is set: this Svodka keeps its data in MongoDB. Use ${tool}, which comes with MongoDB's database tools.`,
    EXIT.settings,
  );
}
