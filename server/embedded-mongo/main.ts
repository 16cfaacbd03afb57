/**
 * The store's own process: `node main.js --dir DIR (--port PORT | --socket PATH)`.
 *
 * Forked by the supervisor it reports over the channel and ends when the channel closes, so that no store outlives
 * its server. Started by hand (`npm run store`) it prints its address and ends on Ctrl-C. A store that cannot
 * write any more ends with code 70; the supervisor opens it anew.
 */
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Engine, type StoreLogger } from './engine.ts';
import type { FromStore, ToStore } from './process-messages.ts';
import { type Listen, WireServer } from './wire/server.ts';

const EXIT = { ok: 0, usage: 64, cannotOpen: 66, failed: 70 };

process.umask(0o077);

const isForked = process.send !== undefined;
const tell = (message: FromStore): void => {
  if (process.connected) process.send?.(message);
};

const describe = (details: object | undefined): object | undefined =>
  details && 'error' in details && details.error instanceof Error
    ? { ...details, error: details.error.stack ?? details.error.message }
    : details;

function log(level: 'info' | 'warn' | 'error', message: string, details?: object): void {
  const shown = describe(details);
  if (isForked) tell({ kind: 'log', level, message, ...(shown && { details: shown }) });
  else console.error(level, message, shown ?? '');
}

const logger: StoreLogger = {
  info: (message, details) => log('info', message, details),
  warn: (message, details) => log('warn', message, details),
  error: (message, details) => log('error', message, details),
};

function readArguments(): { dir: string; listen: Listen } {
  const { values } = parseArgs({
    options: { dir: { type: 'string' }, port: { type: 'string' }, socket: { type: 'string' } },
  });
  const port = Number(values.port ?? 27017);
  if (!values.dir || !Number.isInteger(port) || port < 0 || port > 65535) {
    console.error('usage: --dir DIR [--port PORT | --socket PATH]');
    process.exit(EXIT.usage);
  }
  return { dir: values.dir, listen: values.socket ? { socket: values.socket } : { port } };
}

/** Waits for the supervisor's first message; the password would be seen by everybody in an argument. */
async function startMessage(): Promise<{ password: string; opening: string }> {
  const [message] = (await once(process, 'message')) as [ToStore];
  if (message.kind !== 'start') process.exit(EXIT.ok);
  return message;
}

async function run(): Promise<void> {
  const { dir, listen } = readArguments();
  const start = isForked ? await startMessage() : undefined;
  const engine = await Engine.open({ dir, logger, ...(start && { opening: start.opening }) });
  const server = new WireServer(engine);
  let stopping = false;
  const stop = async (code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await server.close();
    await engine.close();
    process.exit(code);
  };
  // What was acknowledged is on disk; memory can no longer be trusted to match it.
  engine.on('failure', () => setImmediate(() => process.exit(EXIT.failed)));
  // Ctrl-C, and a service manager's stop, reach the whole group; a forked store waits until its server has let go
  // of it.
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      if (!isForked) void stop(EXIT.ok);
    });
  }
  process.on('disconnect', () => void stop(EXIT.ok));
  process.on('message', (message: ToStore) => {
    if (message.kind === 'stop') void stop(EXIT.ok);
  });
  // A supervisor that went while the store was being opened sends no event any more.
  if (isForked && !process.connected) return stop(EXIT.ok);
  if ('socket' in listen && existsSync(listen.socket)) rmSync(listen.socket);
  const uri = await server.listen(listen, start?.password);
  if (isForked) {
    tell({ kind: 'ready', uri });
  } else {
    console.log(uri);
  }
}

run().catch((error: Error & { code?: string }) => {
  const { name, message, code } = error;
  if (!isForked) {
    console.error(message);
    process.exit(EXIT.cannotOpen);
  }
  process.send?.({ kind: 'failed', name, message, ...(code && { code }) } satisfies FromStore, () =>
    process.exit(EXIT.cannotOpen),
  );
});
