/**
 * MongoDB's own driver tests against the store. They lie beside the checkout, in the folder that SVODKA_SPECS names;
 * without it everything here is skipped, loudly.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { VERSION } from '../../commands/handshake.ts';
import { type InProcessStore, openStoreInProcess } from '../../in-process.ts';
import { applies, parseFile, runTest, Skipped } from './runner.ts';
import { beyond } from './supported.ts';

/** What fails for a reason that is not the store's. */
const DRIVER: Record<string, string> = {
  'download when final chunk is missing': 'the driver takes a missing last chunk for the end of the file',
  'inserting _id with type null via insertOne': 'the driver gives a null _id a value of its own',
  'inserting _id with type null via bulkWrite': 'the driver gives a null _id a value of its own',
  'inserting _id with type null via insertMany': 'the driver gives a null _id a value of its own',
};

const FOLDERS = [
  'crud/unified',
  'change-streams/unified',
  'collection-management',
  'index-management',
  'gridfs',
];

const folder = process.env.SVODKA_SPECS;
if (!folder) console.log('SVODKA_SPECS is not set: the specification tests are SKIPPED.');

const describeIfThere = folder ? describe : describe.skip;

describeIfThere('MongoDB specification tests', () => {
  let dir: string;
  let store: InProcessStore;
  let setup: MongoClient;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'embedded-'));
    store = await openStoreInProcess({ dir });
    setup = new MongoClient(store.uri);
  });

  afterAll(async () => {
    await setup.close();
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(FOLDERS)(
    '%s',
    async (name) => {
      const path = join(folder as string, name);
      expect(existsSync(path)).toBe(true);
      const failures: string[] = [];
      const skipped = new Map<string, number>();
      let passed = 0;
      const others = new Map<string, number>();
      for (const file of readdirSync(path).filter((one) => one.endsWith('.json'))) {
        const spec = parseFile(readFileSync(join(path, file), 'utf8'));
        for (const test of spec.tests) {
          const binds = applies(spec.runOnRequirements, VERSION) && applies(test.runOnRequirements, VERSION);
          if (!binds || test.skipReason) continue;
          const asked = beyond(spec, test);
          if (asked) {
            others.set(asked, (others.get(asked) ?? 0) + 1);
            continue;
          }
          try {
            await runTest(setup, store.uri, spec, test);
            passed++;
          } catch (error) {
            const { message } = error as Error;
            const reason = error instanceof Skipped ? message : DRIVER[test.description];
            if (reason) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
            else failures.push(`${file} · ${test.description}: ${message}`);
          }
        }
      }
      console.log(
        `${name}: ${passed} passed, ${failures.length} failed, asking for more than is spoken: ${JSON.stringify([...others])}, skipped: ${JSON.stringify([...skipped])}`,
      );
      expect(failures).toEqual([]);
    },
    600_000,
  );
});
