/**
 * npm run demo [-- --seed 1 --live 2]
 * Fills a small believable company beside the running server; `--live` then goes on writing that many events a second
 * until Ctrl-C. It is a second process on the same store, and the screens hear of its writes from there.
 */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { loadConfig } from '../platform/config/config.ts';
import { EXIT } from '../platform/data-directory/exit.ts';
import { Logger } from '../platform/logger/logger.ts';
import { USERS } from './company.ts';
import { fill, hire } from './fill.ts';
import { readInboxes } from './inboxes.ts';
import { live } from './live.ts';
import { isAway, openOffice, reopenOffice } from './office.ts';
import { record } from './recordings.ts';

const { values } = parseArgs({
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
  const people = await hire(app, password);
  if (people) {
    // Before anything is filled: whoever ends this early has people who can sign in.
    for (const { login, name, roles } of USERS)
      console.log(`  ${login.padEnd(8)} ${name.padEnd(18)} ${roles.join(', ')}`);
    console.log(`\nEach signs in with the password ${password}\n`);
    console.log('Filling their company, a minute or two. What there is so far can be seen already.');
    const filled = await fill(app, clock, people, Number(values.seed), (line) => console.log(line));
    await readInboxes(app, people);
    const recorded = await record(app, people, Number(values.seed), clock.now());
    console.log(`  ${recorded} recordings of calls, synthetic: tones, and nobody's voice`);
    console.log(
      `Filled: ${filled.users} people, ${filled.counterparties} counterparties, ${filled.projects} orders, ` +
        `${filled.events} events, ${filled.comments} comments.\n` +
        `Attached: ${filled.files} papers, drawn on the spot: they are examples.`,
    );
    if (filled.page) console.log(`What one customer sees of their order: ${filled.page}`);
  } else {
    console.log('The demo company is there already, whole or as far as it came; nothing was added.');
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
