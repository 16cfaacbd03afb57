/**
 * npm run scrub
 * Reads every attached file and says which are not what was written. Beside a running Svodka, over its data directory
 * while it is stopped, or on the replica set of MONGODB_URI. Ends with 0 when all are whole, else with 78.
 */
import { createHash } from 'node:crypto';
import { loadConfig } from '../platform/config/config.ts';
import { EXIT } from '../platform/data-directory/exit.ts';
import { openBeside } from '../platform/mongo/open-beside.ts';
import { FileStore } from './file-store.ts';

const BATCH = 100;

const { connection, close } = await openBeside(loadConfig(process.env));
try {
  const store = new FileStore(connection);
  let [count, bytes, damaged] = [0, 0, 0];
  for (let after = ''; ; ) {
    const files = await store.filesAfter(after, BATCH);
    for (const { _id, length, filename, metadata } of files) {
      const hash = createHash('sha256');
      let fault = '';
      try {
        for await (const part of store.read(_id, { start: 0, end: length, length })) hash.update(part);
        if (hash.digest('hex') !== metadata.sha256) fault = 'its sum is another';
      } catch (error) {
        fault = (error as Error).message;
      }
      count++;
      bytes += length;
      if (fault) {
        damaged++;
        const { kind, id } = metadata.owner;
        console.log(`${_id} ${JSON.stringify(filename)} of ${kind} ${id}: ${fault}`);
      }
    }
    after = files.at(-1)?._id ?? '';
    if (files.length < BATCH) break;
  }
  console.log(
    damaged === 0
      ? `All ${count} files (${bytes} bytes) are what was written.`
      : `${damaged} of ${count} files are damaged. Put them back from a backup.`,
  );
  process.exitCode = damaged === 0 ? 0 : EXIT.badData;
} finally {
  await close();
}
