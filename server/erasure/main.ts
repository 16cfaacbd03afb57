/**
 * npm run erase -- WHO [--yes]
 * Erases what is known of a counterparty: its card, what its events and orders say in words, files, recordings, letters,
 * and mentions of its phones and addresses elsewhere. WHO: the number of its card, its id, a phone or a mail address.
 * Svodka must not run. Without --yes it says what would go and changes nothing. It cannot be taken back.
 */

import { commandLine } from '../platform/command-line.ts';
import { loadConfig } from '../platform/config/config.ts';
import { DataDirectory } from '../platform/data-directory/data-directory.ts';
import { end } from '../platform/data-directory/end.ts';
import { EXIT, StartError } from '../platform/data-directory/exit.ts';
import { connectMongo } from '../platform/mongo/mongo.ts';
import { writeAct } from './act.ts';
import {
  beginErasure,
  checkRoom,
  type Done,
  endErasure,
  eraseAgain,
  putAside,
  subjectOf,
  withStore,
} from './run.ts';
import { type Subject, SubjectError } from './subject.ts';

const USAGE = `npm run erase -- WHO [--yes] [--lang en]
npm run erase -- --again

WHO: the number of a card (C-0107), its id, a phone or a mail address of it. Svodka must not run.

  --yes       does it; without, it says what would go and changes nothing
  --lang en   the act in English
  --again     erases once more who was erased before an older copy of the data was put back`;

const { values, positionals } = commandLine(USAGE, {
  allowPositionals: true,
  options: {
    yes: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    lang: { type: 'string', default: 'ru' },
  },
});

function tellSubject({ cards, projects, eventIds }: Subject): void {
  const [card] = cards;
  console.log(
    `${card?.number} ${card?.name}: ${cards.length} card(s), ${projects.length} order(s), ${eventIds.size} event(s).`,
  );
}

try {
  const config = loadConfig(process.env);
  const [asked, ...more] = positionals;
  if (more.length > 0 || (asked === undefined) !== values.again || !['ru', 'en'].includes(values.lang))
    throw new StartError(USAGE, EXIT.settings);
  const startedAt = new Date();
  const data = config.mongodbUri === null ? await DataDirectory.open(config.dataDir) : null;
  try {
    const opened = <T>(work: Parameters<typeof withStore<T>>[1]): Promise<T> =>
      data ? withStore(data, work) : onReplicaSet(config.mongodbUri ?? '', work);
    const done = await opened(async (connection): Promise<Done[] | null> => {
      if (asked === undefined) return eraseAgain(connection, config.dataDir);
      const subject = await subjectOf(connection, asked);
      tellSubject(subject);
      const aside = data ? await putAside(data) : [];
      if (aside.length > 0)
        console.log(`With them go stores that a restore has put aside: ${aside.join(', ')}`);
      if (!values.yes) return null;
      if (data) await checkRoom(data);
      return [await beginErasure(connection, config.dataDir, subject, startedAt)];
    });
    if (!done) console.log('Nothing was changed. With --yes it is done, and cannot be taken back.');
    else if (done.length === 0) console.log('Nobody is to be erased again.');
    else {
      const looked = await endErasure(data, config.dataDir, done);
      if (looked)
        console.log(`${looked.bytes} bytes were looked through: ${looked.found} mentions are left.`);
      for (const { subject, at, erased } of done) {
        const act = {
          company: config.companyName ?? '_______________________',
          zone: config.tzDefault,
          number: subject.cards[0]?.number ?? '',
          cardIds: subject.cards.map(({ _id }) => _id),
          at,
          erased,
          looked: data ? looked : ('elsewhere' as const),
        };
        console.log(`Act: ${await writeAct(config.dataDir, act, values.lang === 'en' ? 'en' : 'ru')}`);
      }
      console.log('Backups made before still hold these data: remove them within 30 days.');
      if (looked && looked.found > 0) process.exitCode = EXIT.badData;
    }
  } finally {
    await data?.close();
  }
} catch (error) {
  if (!(error instanceof SubjectError)) end(error);
  console.error((error as Error).message);
  process.exitCode = EXIT.settings;
}

async function onReplicaSet<T>(uri: string, work: Parameters<typeof withStore<T>>[1]): Promise<T> {
  const connection = await connectMongo(uri);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
