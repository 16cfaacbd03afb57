/**
 * npm run restore -- FILE
 * Puts a backup in the place of the embedded store. Svodka must not run. The backup is looked at whole first; what was
 * there is kept aside. The store notices that it is a copy: open pages start anew, and letters that may have been sent
 * since the backup was made wait for a person.
 */
import { resolve } from 'node:path';
import { examine } from '../embedded-mongo/backup.ts';
import { loadConfig } from '../platform/config/config.ts';
import { DataDirectory } from '../platform/data-directory/data-directory.ts';
import { EXIT, StartError } from '../platform/data-directory/exit.ts';
import { end, onMongodb, tellContents } from './tell.ts';

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
    const aside = await data.replaceStore(source);
    console.log(`Restored: ${source}`);
    tellContents(contents, performance.now() - startedAt);
    if (aside) console.log(`What was there before is kept in ${aside}; delete it when all is well.`);
    console.log('Start Svodka (npm start). Letters that may have been sent already wait under «Почта».');
  } finally {
    await data.close();
  }
} catch (error) {
  end(error);
}
