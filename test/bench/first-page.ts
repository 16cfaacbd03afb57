import { newId } from '@svodka/shared/contracts/id';
import { MongoClient } from 'mongodb';
import { type App, storeOf } from '../support/app-process.ts';
import { signInAdmin } from './people.ts';
import { ms, summarize, table } from './statistics.ts';

const DAY_MS = 86_400_000;

/**
 * Multiplies the events that are there up to `total`, spread over a year, by writing documents of the same shape
 * straight to the store. @returns documents a second
 */
async function grow(app: App, total: number): Promise<number> {
  const client = new MongoClient(process.env.MONGODB_URI ?? (await storeOf(app.dataDir)).uri);
  try {
    const events = client.db().collection<{ _id: string; occurredAt: Date; recordedAt: Date }>('events');
    const samples = await events.find({}, { limit: 500 }).toArray();
    const missing = total - (await events.countDocuments());
    const start = performance.now();
    for (let done = 0; done < missing; done += 1000) {
      const batch = Array.from({ length: Math.min(1000, missing - done) }, (_, i) => {
        // The keys of `source` and `created` are unique; copies go without.
        const event = { ...samples[(done + i) % samples.length], source: undefined, created: undefined };
        const occurredAt = new Date(Date.now() - Math.floor(((done + i) / missing) * 365 * DAY_MS));
        return { ...event, _id: newId(occurredAt.getTime()), occurredAt, recordedAt: occurredAt } as never;
      });
      await events.insertMany(batch, { ordered: false, ignoreUndefined: true });
    }
    return missing / ((performance.now() - start) / 1000);
  } finally {
    await client.close();
  }
}

const FILTERS = {
  everything: '',
  'module:finance': 'module:finance',
  'importance>=high': 'importance>=high',
  'module:finance,calls, a word': 'module:finance,calls скорости',
  'importance>=high, this month': 'importance>=high occurred:month',
  'due:overdue': 'due:overdue',
  'search: a word of all': 'скорости',
  'search: two words of all': 'скорости отделе',
  'search: a piece of a word': 'корост',
  'search: the other layout': 'crjhjcnb',
  'search: a number by its beginning': '31',
  'search: a phone by its end': '3051',
  'search: a phone as it is written': '8 (916) 718-30-51',
  'search: a rare word and a common one': 'звонил проверка',
  'search: a word and a module': 'module:finance скорости',
  'search: nothing': 'небывалое',
};

export async function benchFirstPage(app: App, total: number): Promise<void> {
  const admin = await signInAdmin(app);
  const perSecond = await grow(app, total);
  await admin.post('/api/events', {
    type: 'note.free',
    title: 'Проверка: звонил заказчик, +7 916 718-30-51',
  });
  const rows: (string | number)[][] = [];
  for (const [name, filter] of Object.entries(FILTERS)) {
    const times: number[] = [];
    let found = 0;
    for (let i = 0; i < 30; i++) {
      const start = performance.now();
      const page = await admin.get<{ items: unknown[] }>(
        `/api/events?limit=100&filter=${encodeURIComponent(filter)}`,
      );
      times.push(performance.now() - start);
      found = page.items.length;
    }
    const { p50, p95, max } = summarize(times);
    rows.push([name, found, ms(p50), ms(p95), ms(max)]);
  }
  table(
    `First page of 100 over ${total} events, ms over REST (${Math.round(perSecond)} documents/s while filling)`,
    ['filter', 'rows', 'p50', 'p95', 'max'],
    rows,
  );
}
