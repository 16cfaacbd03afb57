/**
 * npm run restore -- FILE
 * Puts a backup in the place of the embedded store. Svodka must not run. The backup is looked at whole first; what was
 * there is kept aside. The store notices that it is a copy: open pages start anew, and letters that may have been sent
 * since the backup was made wait for a person. Who was erased since is erased again.
 */
import { chmod, copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { examine } from '../embedded-mongo/backup.ts';
import { DATA_FILE } from '../embedded-mongo/storage/store.ts';
import { erasedIn, takeFromBackup } from '../erasure/list.ts';
import { endErasure, eraseAgain, withStore } from '../erasure/run.ts';
import { loadConfig } from '../platform/config/config.ts';
import { DataDirectory } from '../platform/data-directory/data-directory.ts';
import { end } from '../platform/data-directory/end.ts';
import { EXIT, StartError } from '../platform/data-directory/exit.ts';
import { onMongodb, tellContents } from './tell.ts';

try {
  const config = loadConfig(process.env);
  if (config.mongodbUri !== null) onMongodb('mongorestore');
  const given = process.argv[2];
  if (given === undefined) throw new StartError('Which backup? npm run restore -- FILE', EXIT.settings);
  const source = resolve(given);
  const startedAt = performance.now();
  const contents = examine(source);
  const data = await DataDirectory.open(config.dataDir, { isStoreNeeded: false });
  try {
    // Of a directory in which nobody is half erased, what is put aside has nobody in it who was erased.
    const isClean = (await erasedIn(config.dataDir)).every(({ isDone }) => isDone);
    // Known before the older copy is there: whoever is cut off in between is not served with them.
    const erased = await takeFromBackup(config.dataDir, source);
    let aside = await data.replaceStore((directory) => copyStore(source, directory));
    console.log(`Restored: ${source}`);
    tellContents(contents, performance.now() - startedAt);
    if (erased.length > 0) {
      const again = await withStore(data, (connection) => eraseAgain(connection, config.dataDir));
      if (again.length > 0) {
        if (!isClean) aside = null;
        const looked = await endErasure(data, config.dataDir, again, aside);
        console.log(`Erased again: ${again.length} counterparties, ${looked?.found ?? 0} mentions are left.`);
      }
    }
    if (aside) console.log(`What was there before is kept in ${aside}; delete it when all is well.`);
    console.log('Start Svodka (npm start). Letters that may have been sent already wait under «Почта».');
  } finally {
    await data.close();
  }
} catch (error) {
  end(error);
}

async function copyStore(source: string, directory: string): Promise<void> {
  const file = join(directory, DATA_FILE);
  await copyFile(source, file);
  await chmod(file, 0o600);
}
