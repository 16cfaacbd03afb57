/**
 * npm run backup [-- FILE]
 * Copies the embedded store into one file, whether Svodka runs or not, and looks at the copy whole before it says that
 * there is one. Everything is in it: events, people, letters, uploaded files.
 */
import { join, resolve } from 'node:path';
import { backUp } from '../embedded-mongo/backup.ts';
import { keepWithBackup } from '../erasure/list.ts';
import { loadConfig } from '../platform/config/config.ts';
import { end } from '../platform/data-directory/end.ts';
import { onMongodb, tellContents } from './tell.ts';

try {
  const config = loadConfig(process.env);
  if (config.mongodbUri !== null) onMongodb('mongodump');
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const target = resolve(process.argv[2] ?? join('backups', `svodka-${stamp}.backup`));
  await keepWithBackup(config.dataDir, target);
  const startedAt = performance.now();
  const contents = await backUp(join(config.dataDir, 'store'), target);
  console.log(`Backup: ${target}`);
  tellContents(contents, performance.now() - startedAt);
} catch (error) {
  end(error);
}
