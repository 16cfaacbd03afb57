import { tokenOf } from '../changelog/token.ts';
import type { Command, Context, Reply } from './command.ts';
import { VERSION } from './handshake.ts';

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

export const diagnosticCommands: Command[] = [{ name: 'serverStatus', handle: serverStatus }];
