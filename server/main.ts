// The program: settings, data directory, embedded store, server; and the way back.
//
// A start that cannot succeed says why in one line and ends with a code of its own (platform/data-directory/exit.ts).
// SIGINT and SIGTERM stop in order; a second one, by somebody who has lost patience, ends at once, which costs nothing,
// because whatever was acknowledged is on disk.
import { join } from 'node:path';
import { EmbeddedStore, StoreProcessError } from './embedded-mongo/supervisor.ts';
import { type AppConfig, loadConfig, SettingsError } from './platform/config/config.ts';
import { CANNOT_WRITE, DataDirectory } from './platform/data-directory/data-directory.ts';
import { EXIT, StartError } from './platform/data-directory/exit.ts';
import { Logger } from './platform/logger/logger.ts';
import type { Running } from './start.ts';

const clientDir = join(import.meta.dirname, '../client');

/** One Ctrl-C in a terminal arrives twice: from the terminal, and from npm, which passes its own on. */
const SAME_PRESS_MS = 1_000;

/** What cannot be told from a sound file any more: the store's own words, and an abort of its engine over what it read. */
const BAD_DATA = ['DamagedStoreError', 'UnsupportedFormatError', 'StoreAborted'];

/** What a person can do about a store that does not open, or does not stay open. */
function storeRefusal(dir: string, error: StoreProcessError): StartError {
  const { reason, code, message } = error;
  if (BAD_DATA.includes(reason))
    return new StartError(
      `The data is damaged, or not of this program: ${message}. Nothing was changed. Put a backup in its place (npm run restore).`,
      EXIT.badData,
    );
  if (reason === 'StoreInUseError' || CANNOT_WRITE.includes(code ?? ''))
    return new StartError(`The store in ${dir} cannot be opened: ${message}.`, EXIT.cannotWrite);
  return new StartError(
    `The store does not stay up: ${message}. The data is not said to be damaged; look at memory, disk and log.`,
    EXIT.storeEnds,
  );
}

async function openStore(dir: string, logger: Logger): Promise<EmbeddedStore> {
  try {
    return await EmbeddedStore.start({ dir, logger });
  } catch (error) {
    throw error instanceof StoreProcessError ? storeRefusal(dir, error) : error;
  }
}

/** Starts the embedded store on the data directory; `undo` gets what stops it again. */
async function ownStore(config: AppConfig, logger: Logger, undo: (() => Promise<void>)[]): Promise<string> {
  const data = await DataDirectory.open(config.dataDir);
  undo.push(() => data.close());
  const log = logger.child({ room: 'store' });
  const store = await openStore(data.storePath, log);
  undo.push(() => store.stop());
  const publish = () => data.publishStore({ uri: store.uri, pid: store.pid });
  store.on('restarted', () => {
    publish().catch((error: unknown) => log.error('store.json could not be written', { err: error }));
  });
  // A server without its store would refuse everything for ever: whoever keeps services running should hear of it.
  store.on('failed', (error) => fail(storeRefusal(data.storePath, error), logger));
  await publish();
  return store.uri;
}

async function run(config: AppConfig, logger: Logger): Promise<{ running: Running; stop(): Promise<void> }> {
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const step of undo.reverse().splice(0)) await step();
  };
  try {
    // Most of a start is loading the framework; it goes on beside the store's, and not at all for wrong settings.
    const loading = import('./start.ts');
    const storeUri = config.mongodbUri ?? (await ownStore(config, logger, undo));
    const { startServer } = await loading;
    const running = await startServer({ config, logger, storeUri, clientDir });
    undo.push(() => running.stop());
    return { running, stop };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

/** Ends the process with the error's own code; a stack only for what nobody foresaw, and that in the log. */
function fail(error: unknown, logger?: Logger): never {
  if (error instanceof SettingsError) {
    console.error(error.message);
    process.exit(EXIT.settings);
  }
  if (error instanceof StartError) {
    console.error(error.message);
    process.exit(error.exitCode);
  }
  logger?.error('start failed', { err: error });
  console.error(`Svodka could not start: ${(error as Error).message ?? error}`);
  process.exit(EXIT.internal);
}

// Whatever is ever written from here is for nobody else's eyes.
process.umask(0o077);

let config: AppConfig;
try {
  config = loadConfig(process.env);
} catch (error) {
  fail(error);
}
const logger = new Logger(config.logLevel);
process.on('uncaughtException', (error) => {
  // Nobody knows what state this leaves; what was acknowledged is on disk, and a start takes a second.
  logger.error('unforeseen error, the server ends', { err: error });
  process.exit(EXIT.internal);
});
process.on('unhandledRejection', (reason) => logger.error('a promise failed unheard', { err: reason }));

let stoppingSince: number | undefined;
let stop: (() => Promise<void>) | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!stop) process.exit(0);
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > SAME_PRESS_MS) process.exit(1);
      return;
    }
    stoppingSince = performance.now();
    logger.info('stopping', { signal });
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('stop failed', { err: error });
        process.exit(EXIT.internal);
      },
    );
  });
}

try {
  const started = await run(config, logger);
  stop = started.stop;
  const { url, administrator } = started.running;
  const told = [`Svodka: ${config.publicUrl ?? url}`];
  if (administrator) {
    const password = administrator.given ? 'as set by ADMIN_PASSWORD' : administrator.password;
    told.push(`Administrator: login ${administrator.login}, password ${password}`);
  }
  // In one write: a script that waits for the address has read the rest too.
  console.log(told.join('\n'));
  if (config.insecure)
    console.warn(
      'Warning: people reach this server unencrypted (ALLOW_HTTP=1); passwords can be read on the way.',
    );
} catch (error) {
  fail(error, logger);
}
