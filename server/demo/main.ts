/**
 * npm run demo [-- --seed 1 --live 2]
 * Fills a small believable company beside the running server; `--live` then goes on writing that many events a second
 * until Ctrl-C. Ended half way and run again it goes on. It is a second process on the same store, and the screens hear of its writes from there.
 */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { commandLine } from '../platform/command-line.ts';
import { loadConfig } from '../platform/config/config.ts';
import { EXIT } from '../platform/data-directory/exit.ts';
import { Logger } from '../platform/logger/logger.ts';
import { USERS } from './company.ts';
import { begunAt, fill, hire } from './fill.ts';
import { readInboxes } from './inboxes.ts';
import { live } from './live.ts';
import { isAway, openOffice, reopenOffice } from './office.ts';
import { record } from './recordings.ts';

const USAGE = `npm run demo [-- --seed 1 --live 2]

  --seed N   which company: the same N gives the same people, orders and events (1)
  --live N   once it is filled, goes on writing N events a second until Ctrl-C`;
const { values } = commandLine(USAGE, {
  options: { seed: { type: 'string', default: '1' }, live: { type: 'string' } },
});
// What the server warns of stands in its own log; here it would stand between the lines that are read.
const config = loadConfig({ LOG_LEVEL: 'error', ...process.env });
const logger = new Logger(config.logLevel);
let office = await openOffice(config, logger);
if (!office) {
  console.error(
    `Svodka is not running on ${config.dataDir}. Start it first (npm start), then run this beside it.`,
  );
  process.exit(EXIT.unavailable);
}
try {
  const { app, clock } = office;
  const password = `demo-${randomBytes(6).toString('hex')}`;
  // Whoever looks at the company while it goes on is not signed out.
  const anew = values.live === undefined;
  const { people, known } = await hire(app, password, { anew });
  // Before anything is filled: whoever ends this early has people who can sign in.
  for (const { login, name, roles } of USERS)
    console.log(`  ${login.padEnd(8)} ${name.padEnd(18)} ${roles.join(', ')}`);
  if (known === 0) console.log(`\nEach signs in with the password ${password}\n`);
  else if (anew) console.log(`\nEach signs in with a new password, the one before ended: ${password}\n`);
  else {
    console.log('\nWho was there signs in as before; run this without --live for a new password.');
    if (known < USERS.length) console.log(`The others sign in with the password ${password}`);
    console.log();
  }
  const doing = known === 0 ? 'Filling' : 'Looking through';
  console.log(`${doing} their company, a minute or two. What there is so far can be seen already.`);
  const seed = Number(values.seed);
  const filled = await fill(app, clock, people, seed, (line) => console.log(line));
  const recorded = filled ? await record(app, people, seed, begunAt(people)) : 0;
  if (!filled)
    console.log('Another company stands here, of another --seed or an earlier version; nothing was added.');
  else if (filled.added + recorded === 0) console.log('All of it is there already; nothing was added.');
  else {
    await readInboxes(app, people);
    if (known > 0) console.log('Went on where an earlier run had ended.');
    console.log(`  ${recorded} recordings of calls, synthetic: tones, and nobody's voice`);
    console.log(
      `Filled: ${filled.users} people, ${filled.counterparties} counterparties, ${filled.projects} orders, ` +
        `${filled.events} events, ${filled.comments} comments.\n` +
        `Attached: ${filled.files} papers, drawn on the spot: they are examples.`,
    );
    if (filled.page) console.log(`What one customer sees of their order: ${filled.page}`);
  }
  if (values.live) {
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort());
    process.once('SIGTERM', () => stop.abort());
    console.log(`Writing ${values.live} events a second; Ctrl-C ends it.`);
    let written = 0;
    while (office && !stop.signal.aborted) {
      try {
        await live(office.app, Number(values.live), stop.signal, () => written++);
      } catch (error) {
        if (!isAway(error)) throw error;
        console.log('The server is away; going on when it is back.');
        await office.close().catch(() => {});
        office = await reopenOffice(config, logger, stop.signal);
        if (office) console.log('It is back.');
      }
    }
    console.log(`\nWrote ${written} events.`);
  }
} finally {
  await office?.close();
}
