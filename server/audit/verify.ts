/**
 * npm run audit:verify [-- SEQ:HASH ...]
 * Walks the whole access log and says which records were altered, removed or reordered. Beside a running Svodka, over
 * its data directory while it is stopped, or on the replica set of MONGODB_URI. Ends with 0 when nothing is wrong.
 * SEQ:HASH is a link that stood there once: from a former walk, or from the log of the process (SPEC.md, A3).
 */
import { loadConfig } from '../platform/config/config.ts';
import { EXIT } from '../platform/data-directory/exit.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { openBeside } from '../platform/mongo/open-beside.ts';
import { HEAD_ID } from './audit.repository.ts';
import type { AuditDoc } from './audit.schema.ts';
import { POSITION_ID } from './audit-follower.ts';
import { type Tail, verifyChain } from './chain.ts';

const SHOWN = 50;

const config = loadConfig(process.env);

const given = process.argv.slice(2).map((text): Tail => {
  const match = /^([1-9]\d{0,11}):([\w-]{43})$/.exec(text);
  if (!match) {
    console.error(
      `${text} is no link of the access log: SEQ:HASH, as a former walk or the log of the process tells it.`,
    );
    process.exit(EXIT.settings);
  }
  return { seq: Number(match[1]), hash: String(match[2]) };
});

const { connection, close } = await openBeside(config);
try {
  // The head first: what is written meanwhile stands behind it.
  const settings = driverCollection<Tail & { _id: string }>(connection, 'settings');
  const head = await settings.findOne({ _id: HEAD_ID });
  const isFollowed = (await settings.findOne({ _id: POSITION_ID })) !== null;
  const records = driverCollection<AuditDoc>(connection, 'audit').find().sort({ _id: 1 });
  const { tail, faults } = await verifyChain(records, head ? [head, ...given] : given);
  // The first record has a head before the change log has a place: only somebody's hand takes it away.
  if (!head && (tail.seq > 0 || isFollowed)) faults.push({ seq: tail.seq + 1, fault: 'head-removed' });
  for (const { seq, fault } of faults.slice(0, SHOWN)) console.log(`record ${seq}: ${fault}`);
  if (faults.length > SHOWN) console.log(`and ${faults.length - SHOWN} more`);
  console.log(
    faults.length === 0
      ? `The access log is whole. Its last record: ${tail.seq}:${tail.hash}`
      : `The access log was tampered with: ${faults.length} faults in ${tail.seq} records.`,
  );
  process.exitCode = faults.length === 0 ? 0 : EXIT.badData;
} finally {
  await close();
}
