import type { Document } from 'bson';
import { tokenOf } from '../changelog/token.ts';
import { MongoError } from '../errors.ts';
import { args, type Command, type Context, type Reply } from './command.ts';
import { VERSION } from './handshake.ts';

function listDatabases(context: Context): Reply {
  const { engine } = context;
  const given = args(context, 'filter', 'nameOnly', 'authorizedDatabases');
  given.refuse('filter');
  const nameOnly = given.boolean('nameOnly');
  let total = 0;
  const databases = engine.catalog.databases().map((name) => {
    const sizeOnDisk = engine.catalog.collections(name).reduce((sum, { bytes }) => sum + bytes, 0);
    total += sizeOnDisk;
    return nameOnly ? { name } : { name, sizeOnDisk, empty: false };
  });
  return { fields: { databases, ...(!nameOnly && { totalSize: total }) } };
}

function dbStats(context: Context): Reply {
  const { engine, db } = context;
  const given = args(context, 'scale', 'freeStorage');
  const scale = given.count('scale') ?? 1;
  const collections = engine.catalog.collections(db);
  const bytes = collections.reduce((sum, collection) => sum + collection.bytes, 0);
  const fields: Document = {
    db,
    collections: collections.length,
    views: 0,
    objects: collections.reduce((sum, { count }) => sum + count, 0),
    dataSize: bytes / scale,
    storageSize: bytes / scale,
    indexes: collections.reduce((sum, { indexes }) => sum + indexes.length, 0),
    scaleFactor: scale,
    fsUsedSize: engine.store.usedBytes() / scale,
  };
  return { fields };
}

function collStats(context: Context): Reply {
  const { engine, db } = context;
  const given = args(context, 'scale');
  const scale = given.count('scale') ?? 1;
  const name = given.collection();
  const collection = engine.catalog.find(db, name);
  return {
    fields: {
      ns: `${db}.${name}`,
      count: collection?.count ?? 0,
      size: (collection?.bytes ?? 0) / scale,
      storageSize: (collection?.bytes ?? 0) / scale,
      nindexes: collection?.indexes.length ?? 0,
      scaleFactor: scale,
    },
  };
}

function serverStatus({ engine }: Context): Reply {
  const uptime = (Date.now() - engine.startedAt.getTime()) / 1000;
  const { entries, bytes } = engine.log.size;
  const { opening, openings, restored } = engine.history;
  return {
    fields: {
      host: 'embedded',
      version: VERSION,
      process: 'embedded-mongo',
      pid: process.pid,
      uptime,
      localTime: new Date(),
      mem: { resident: Math.round(process.memoryUsage.rss() / 1048576) },
      metrics: { cursor: { open: { total: engine.cursors.size } } },
      changeLog: { entries, bytes },
      history: {
        opening,
        openings: openings.map(({ id, epoch, end }) => ({ id, end: tokenOf(end, epoch) })),
        restored,
      },
      storageEngine: { name: 'lmdb', persistent: true, usedBytes: engine.store.usedBytes() },
    },
  };
}

/** There are no parameters to show; asking for one that does not exist is an error, as in MongoDB. */
function getParameter({ request }: Context): Reply {
  if (request.body.getParameter === '*') return { fields: {} };
  throw new MongoError('InvalidOptions', 'no option found to get');
}

export const diagnosticCommands: Command[] = [
  { name: 'listDatabases', handle: listDatabases, adminOnly: true },
  { name: 'dbStats', handle: dbStats },
  { name: 'collStats', handle: collStats },
  { name: 'serverStatus', handle: serverStatus },
  { name: 'getParameter', handle: getParameter, adminOnly: true },
];
