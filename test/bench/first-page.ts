import { newId } from '@svodka/shared/contracts/id';
import { moduleOf, WRITTEN_TYPES } from '@svodka/shared/contracts/modules';
import type { Count, FeedSnapshot } from '@svodka/shared/feed/feed';
import { SOCKET_LIMITS } from '@svodka/shared/feed/socket';
import { parse } from '@svodka/shared/filter/parser';
import { io, type Socket } from 'socket.io-client';
import type { App } from '../support/app-process.ts';
import type { Client } from '../support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../support/factories.ts';
import { signInAdmin, storeOfApp } from './people.ts';
import { ms, summarize, table } from './statistics.ts';

const DAY_MS = 86_400_000;
/** Entered one by one. Of important ones a person may write a hundred at once. */
const SAMPLES = 240;
const ROUNDS = 40;
const WARM_ROUNDS = 3;

const CUSTOMERS = ['Громов', 'Савельева', 'Дорохин', 'Панкратова', 'Лукашин', 'Ефремова', 'Быстров', 'Ухова'];
const SAID = [
  'просит перенести замер на утро',
  'скорость отдела выросла, в отделе довольны',
  'ждёт счёт на подоконники',
  'спросил про срок монтажа',
  'профиль приехал на склад, не хватает уплотнителя',
  'звонил монтажник, лифт не работает',
];
const LONG =
  'Текст обычной длины, как его пишут в отделе: что случилось, кто звонил, что обещали и до какого времени. ';

/** Told in every tenth event, its last digits rising: what is looked for is among them. */
const phoneOf = (i: number) => `+7 926 ${718 + (i % 7)}-30-${10 + (i % 80)}`;

/** Events of every module that people write to, on orders of a few customers, as people would have entered them. */
async function enter(admin: Client, n: number): Promise<void> {
  const types = WRITTEN_TYPES.filter((type) => moduleOf(type) !== 'system');
  const projects = [];
  for (const [i, name] of CUSTOMERS.entries()) {
    const customer = await makeCounterparty(admin, { name, phones: [`+7916555${3000 + i * 7}`] });
    projects.push(await makeProject(admin, { counterpartyId: customer.id }));
  }
  for (let i = 0; i < n; i++) {
    const type = types[i % types.length] ?? 'note.free';
    const isMoney = moduleOf(type) === 'finance';
    const isTold = i % 10 === 3;
    await makeEvent(admin, {
      type,
      title: `${SAID[i % SAID.length]}, этап ${i % 50}`,
      body: LONG.repeat(1 + (i % 3)),
      importance: (['normal', 'normal', 'high', 'info', 'critical'] as const)[i % 5],
      projectId: projects[i % projects.length]?.id ?? null,
      ...(isTold && { body: `Перезвонить: ${phoneOf(i)}` }),
      ...(isMoney && { payload: { amountKop: 18_430_000 + (i % 9) * 100_000, method: 'bank' } }),
      ...(i % 20 === 0 && {
        due: { local: i % 3 ? '2030-01-10T12:00' : '2020-01-10T12:00', zone: 'Europe/Moscow' },
      }),
    });
  }
}

/**
 * Multiplies the events that are there up to `total`, spread over a year, by writing documents of the same shape
 * straight to the store. @returns documents a second
 */
async function grow(app: App, total: number): Promise<number> {
  const store = await storeOfApp(app);
  try {
    const events = store.db.collection<{ _id: string; occurredAt: Date; recordedAt: Date }>('events');
    const samples = await events.find({}, { limit: 1000 }).toArray();
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
    await store.close();
  }
}

const FILTERS = {
  everything: '',
  module: 'module:finance',
  type: 'type:quote.sent',
  'most importances': 'importance>=normal',
  'important this month': 'importance>=high occurred:month',
  overdue: 'due:overdue',
  'module and word': 'module:finance отделе',
  'modules and two words': 'module:finance,calls профиль склад',
  'a common word': 'отделе',
  'two common words': 'текст отделе',
  'a rare word': 'небоскрёб',
  'a rare word and a common one': 'небоскрёб отделе',
  'a piece of a word': 'плотнит',
  'a piece of a common word': 'тдел',
  'the other layout': 'ghjabkm',
  'three digits': '184',
  'an amount': '184 300',
  'a phone by its end': '3013',
  'a phone as it is written': '8 (926) 721-30-13',
  'a customer': 'панкратова',
  'a customer and a word': 'громов замер',
};

/** Of these nothing is there; of all others something, or the bench measures another question than it says. */
const EMPTY = {
  'matches nothing': 'небывалое',
  'a word and nothing': 'отделе небывалое',
};

type Asked = (filter: string) => Promise<{ rows: number; took: number }>;

/** Each filter again and again. */
async function measure(title: string, ask: Asked): Promise<void> {
  const lines: (string | number)[][] = [];
  for (const [name, filter] of Object.entries({ ...FILTERS, ...EMPTY })) {
    const times: number[] = [];
    let found = 0;
    for (let i = -WARM_ROUNDS; i < ROUNDS; i++) {
      const { rows, took } = await ask(filter);
      found = rows;
      if (rows > 0 === name in EMPTY) throw new Error(`«${filter}» found ${rows} events`);
      if (i >= 0) times.push(took);
    }
    const { p50, p95, max } = summarize(times);
    lines.push([name, filter, found, ms(p50), ms(p95), ms(max)]);
  }
  table(title, ['', 'filter', 'rows', 'p50', 'p95', 'max'], lines);
}

const byRest =
  (admin: Client): Asked =>
  async (filter) => {
    const start = performance.now();
    const page = await admin.get<{ items: unknown[] }>(
      `/api/events?limit=100&filter=${encodeURIComponent(filter)}`,
    );
    return { rows: page.items.length, took: performance.now() - start };
  };

/** Opens a feed and closes it again, so that each is read from the store and none is held. */
function bySocket(app: App, admin: Client): Asked {
  let socket: Socket | undefined;
  let left = 0;
  const open = async () => {
    socket?.close();
    socket = io(app.url, { transports: ['websocket'], forceNew: true, auth: { token: admin.token } });
    await connected(socket);
    left = SOCKET_LIMITS.costly.burst - 1;
    return socket;
  };
  return async (filter) => {
    const at = socket && left-- > 0 ? socket : await open();
    const start = performance.now();
    const answer = await at.emitWithAck('feed.subscribe', { filter: parse(filter, 'events'), limit: 100 });
    const took = performance.now() - start;
    if (!answer.ok) throw new Error(JSON.stringify(answer));
    const { rows, room }: FeedSnapshot = answer;
    await at.emitWithAck('feed.unsubscribe', { room });
    return { rows: rows.length, took };
  };
}

const connected = (socket: Socket) =>
  new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });

/** @returns documents a second while filling; null: they were there already */
async function fill(app: App, admin: Client, total: number): Promise<number | null> {
  const { n } = await admin.get<Count>('/api/events/count');
  if (n > 0) return null;
  await enter(admin, SAMPLES);
  const perSecond = await grow(app, total);
  await makeEvent(admin, { title: 'Проверка: небоскрёб у набережной, в отделе спросили' });
  return perSecond;
}

export async function benchFirstPage(app: App, total: number): Promise<void> {
  const admin = await signInAdmin(app);
  const perSecond = await fill(app, admin, total);
  const title = `First page of 100 over ${total} events`;
  const filled = perSecond === null ? '' : ` (${Math.round(perSecond)} documents/s while filling)`;
  await measure(`${title}, ms over REST${filled}`, byRest(admin));
  await measure(`${title}, ms over a socket: feed.subscribe to its rows`, bySocket(app, admin));
}
