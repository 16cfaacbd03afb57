// Five people at two nodes, whose lines are cut, made deaf and slow and led to the other node, and whose pages are killed
// and opened again, while they write, claim and put off the same few events. Whatever happens, it comes out the same:
// every screen is the database, what was taken is there and once, what was refused is still with who typed it, and one
// person at a time holds an event.

import type { Comment } from '@svodka/shared/contracts/comment';
import type { Revision, SvodkaEvent } from '@svodka/shared/contracts/event';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { and, type Filter } from '@svodka/shared/filter/ast';
import { toText } from '@svodka/shared/filter/text';
import { LEASE_MS } from '@svodka/shared/rules/hold';
import { DeadlineSweep } from '../../server/deadlines/sweep.service.ts';
import { loadConfig } from '../../server/platform/config/config.ts';
import { Logger } from '../../server/platform/logger/logger.ts';
import { type Running, startServer } from '../../server/start.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { type Desk, Desks } from '../support/desks/desks.ts';
import { makeEvent, makeProject } from '../support/factories.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { seeded } from '../support/seeded.ts';
import { until } from '../support/until.ts';

const isDeep = process.env.SVODKA_DEEP === '1';
const RUNS = isDeep ? 40 : 2;
const STEPS = 150;
const SEED = Number(process.env.SVODKA_SEED ?? Date.now() % 1_000_000);
const PEOPLE = 5;
/** Few, so that people meet. */
const EVENTS = 4;

const open: Filter = { field: 'status', in: ['open'] };
/** What each person looks at. */
const FEEDS: Filter[] = [{ and: [] }, open, { field: 'holder', exists: true }, { not: open }, { and: [] }];

type Stored = { event: SvodkaEvent; revisions: Revision[]; comments: Comment[] };
type Typed = { key: Id; kind: 'create' | 'comment' | 'edit'; text: string };

describe(`five people at two nodes (seed ${SEED})`, () => {
  const clock = new FakeClock();
  let first: TestApp;
  let second: Running;
  let desks: Desks;
  let people: { id: Id; login: string; password: string }[];
  let reader: Awaited<ReturnType<TestApp['signIn']>>;

  beforeAll(async () => {
    [first, desks] = await Promise.all([createTestApp({ clock }), Desks.start()]);
    second = await startServer({
      config: loadConfig({ PORT: '0', LOG_LEVEL: 'fatal' }),
      logger: new Logger('fatal'),
      storeUri: first.storeUri,
      clock,
    });
    const made = Array.from({ length: PEOPLE }, () => first.signIn({ roles: ['dispatcher'] }));
    people = (await Promise.all(made)).map(({ user, password }) => ({
      id: user.id,
      login: user.login,
      password,
    }));
    reader = await first.signIn({ roles: ['dispatcher'] });
  }, 120_000);
  afterAll(async () => {
    await desks?.close();
    await second?.stop();
    await first?.close();
  });

  const nodes = () => [first.url, second.url];

  /** What there is of an order, with all that became of it. */
  async function stored(projectId: Id): Promise<Stored[]> {
    const found: Stored[] = [];
    for (const event of await inFeed(projectId, { and: [] })) {
      const path = `/api/events/${event.id}`;
      const { items } = await reader.get<{ items: Revision[] }>(`${path}/revisions`);
      found.push({ event, revisions: [...items].reverse(), comments: await commentsOf(event.id) });
    }
    return found;
  }
  const inOrder = (projectId: Id, filter: Filter) => and({ field: 'project', in: [projectId] }, filter);
  const inFeed = async (projectId: Id, filter: Filter) => {
    const asked = encodeURIComponent(toText(inOrder(projectId, filter)));
    return (await reader.get<{ items: SvodkaEvent[] }>(`/api/events?filter=${asked}&limit=200`)).items;
  };
  const commentsOf = async (id: Id) =>
    (await reader.get<{ items: Comment[] }>(`/api/events/${id}/comments?limit=200`)).items;

  /** So many random steps of all at an order of their own. */
  class Run {
    readonly typed: Typed[] = [];
    #desks: Desk[] = [];
    #projectId = '';
    readonly #random: () => number;

    constructor(readonly seed: number) {
      this.#random = seeded(seed);
    }

    async begin(): Promise<void> {
      this.#projectId = (await makeProject(first.admin)).id;
      const made: SvodkaEvent[] = [];
      for (let n = 0; n < EVENTS; n++)
        made.push(await makeEvent(first.admin, { type: 'customer.request', projectId: this.#projectId }));
      this.#desks = await Promise.all(
        people.map((who, n) => {
          const random = seeded(this.seed + n);
          return desks.open(nodes()[n % 2] ?? '', who, () => random() ** 4 * 40);
        }),
      );
      await Promise.all(this.#desks.map((desk, n) => this.#sits(desk, n)));
      await this.settled();
    }

    /** What a page does that has just begun. */
    async #sits(desk: Desk, n: number): Promise<void> {
      await desk.ask('follow', inOrder(this.#projectId, FEEDS[n] ?? open));
      const [{ event } = {}] = await stored(this.#projectId);
      if (event) await desk.ask('open', event.id);
    }

    /** Everybody goes home. */
    async end(): Promise<void> {
      for (const desk of this.#desks) await desk.close();
    }

    async steps(count: number): Promise<void> {
      for (let n = 0; n < count; n++) await this.#step();
    }

    #pick<T>(from: readonly T[]): T | undefined {
      return from[Math.floor(this.#random() * from.length)];
    }

    async #step(): Promise<void> {
      const n = Math.floor(this.#random() * PEOPLE);
      const desk = this.#desks[n] as Desk;
      const drawn = this.#random() * 100;
      if (drawn < 8) return this.#all();
      if (drawn < 66) return this.#act(desk);
      if (drawn < 73) return desk.line.deafen();
      if (drawn < 78) return desk.line.cut();
      if (drawn < 90) return desk.mend();
      if (drawn < 93) return desk.line.lead(this.#pick(nodes()) ?? '');
      if (drawn < 97) {
        await desk.reload();
        return this.#sits(desk, n);
      }
      clock.advance(Math.floor(this.#random() * LEASE_MS));
      await this.#pick([first, second])?.app.get(DeadlineSweep, { strict: false }).run();
    }

    /** Everybody claims the same at once. */
    async #all(): Promise<void> {
      const rows = await this.#rows(this.#desks[0] as Desk);
      const event = this.#pick(rows.filter(({ status, claim }) => status === 'open' && !claim));
      if (!event) return;
      await Promise.all(
        this.#desks.map((desk) => desk.ask('act', { id: event.id, kind: 'claim', ask: {} }).catch(notShown)),
      );
    }

    async #rows(desk: Desk): Promise<readonly SvodkaEvent[]> {
      return (await desk.ask('shows')).rows;
    }

    async #act(desk: Desk): Promise<void> {
      const event = this.#pick(await this.#rows(desk));
      const drawn = this.#random() * 100;
      if (!event || drawn < 6) return this.#creates(desk);
      const { id } = event;
      const act = (kind: 'claim' | 'release' | 'snooze' | 'wake' | 'resolve' | 'reopen', ask?: object) =>
        desk.ask('act', { id, kind, ...(ask && { ask }) }).catch(notShown);
      const text = `${drawn < 30 ? 'Слово' : 'Правка'} ${newId()}`;
      if (drawn < 12) return desk.ask('open', id);
      if (drawn < 34) {
        const key = await desk.ask('say', text);
        if (key) this.typed.push({ key, kind: 'comment', text });
        return;
      }
      if (drawn < 54) {
        const edit = this.#random() < 0.5 ? { title: text } : { body: text };
        const key = await desk.ask('edit', id, edit).catch(notShown);
        if (key) this.typed.push({ key, kind: 'edit', text });
        return;
      }
      if (drawn < 72) await act('claim', {});
      else if (drawn < 77) await act('claim', { reason: 'Срочно' });
      else if (drawn < 83) await act('release');
      else if (drawn < 88)
        await act('snooze', { until: new Date(clock.now().getTime() + LEASE_MS).toISOString() });
      else if (drawn < 91) await act('wake');
      else if (drawn < 94) await act('resolve');
      else await act('reopen');
    }

    async #creates(desk: Desk): Promise<void> {
      const text = `Новое ${newId()}`;
      const body = {
        id: newId(),
        type: 'customer.request' as const,
        title: text,
        projectId: this.#projectId,
      };
      const key = await desk.ask('create', body);
      if (key) this.typed.push({ key, kind: 'create', text });
    }

    /** All lines are whole, and everything that waited has an answer. */
    async settled(): Promise<void> {
      for (const desk of this.#desks) await desk.mend();
      await until(
        async () => {
          for (const desk of this.#desks) await desk.call('online');
          const shown = await Promise.all(this.#desks.map((desk) => desk.ask('shows')));
          return shown.every(({ isLive, unsent }) => isLive && unsent.every(({ refusal }) => refusal));
        },
        { timeoutMs: 30_000, everyMs: 100, what: 'the desks to come to rest' },
      );
    }

    /** Waits until every screen is the database. */
    async converged(): Promise<void> {
      for (const [n, desk] of this.#desks.entries()) {
        let shown: unknown;
        let wanted: unknown;
        const isSame = async () => {
          const { rows, openId, comments } = await desk.ask('shows');
          shown = { rows, comments };
          wanted = {
            rows: await inFeed(this.#projectId, FEEDS[n] ?? open),
            comments: openId ? await commentsOf(openId) : [],
          };
          return JSON.stringify(sorted(shown)) === JSON.stringify(sorted(wanted));
        };
        await until(isSame, { timeoutMs: 20_000, everyMs: 100 }).catch(() => {});
        expect(shown).toEqual(wanted);
      }
    }

    /** What is wrong with what is stored, in words. */
    async wrongs(): Promise<string[]> {
      const all = await stored(this.#projectId);
      const wrongs = all.flatMap((each) => wrongsOf(each, clock.now()));
      const said = all.flatMap(({ comments }) => comments.map(({ body }) => body));
      const written = all.flatMap(({ event, revisions }) => textsOf(event, revisions));
      const unsent = new Set<Id>();
      for (const desk of this.#desks) for (const { id } of (await desk.ask('shows')).unsent) unsent.add(id);
      for (const { key, kind, text } of this.typed) {
        const there = (kind === 'comment' ? said : written).filter((each) => each === text).length;
        const isTaken = this.#desks.some(({ taken }) => taken.has(key));
        if (isTaken && there === 0) wrongs.push(`lost: ${kind} ${text}`);
        if (!isTaken && !unsent.has(key) && there === 0)
          wrongs.push(`neither taken nor kept: ${kind} ${text}`);
        if (there > 1) wrongs.push(`twice: ${kind} ${text}`);
      }
      return wrongs;
    }
  }

  it(
    'come out with the same screens, nothing lost or doubled, and one holder at a time',
    async () => {
      for (let n = 0; n < RUNS; n++) {
        const run = new Run(SEED + n);
        await run.begin();
        await run.steps(STEPS);
        await run.settled();
        await run.converged();
        expect({ seed: run.seed, wrongs: await run.wrongs() }).toEqual({ seed: run.seed, wrongs: [] });
        // It was no idle run.
        expect(run.typed.length).toBeGreaterThan(STEPS / 10);
        await run.end();
      }
    },
    240_000 * RUNS,
  );
});

/** It has left the screen meanwhile. */
function notShown(error: Error): undefined {
  if (!error.message.includes('no row')) throw error;
}

/** Whether one change follows from the other, and nobody took what somebody held. */
function wrongsOf({ event, revisions }: Stored, now: Date): string[] {
  const wrongs: string[] = [];
  let [holder, since]: [unknown, number] = [null, 0];
  let rev = 1;
  /** A lease that lapses leaves no revision, and does not lapse before its time. */
  const isHeld = (by: unknown, at: number) => by === holder || (by === null && at >= since + LEASE_MS);
  for (const { changes, by, reason, ...each } of revisions) {
    rev++;
    if (each.rev !== rev) wrongs.push(`${event.id}: revision ${each.rev} after ${rev - 1}`);
    const { claim } = changes;
    if (!claim) continue;
    const at = Date.parse(each.at);
    const isTakenAway = claim.from !== null && claim.to !== null && by !== claim.from && !reason;
    if (!isHeld(claim.from, at) || isTakenAway)
      wrongs.push(`two holders: ${event.id}, ${String(holder)} and ${String(claim.to)}`);
    [holder, since] = [claim.to, at];
  }
  if (event.rev !== rev) wrongs.push(`${event.id}: ${rev} revisions for ${event.rev}`);
  if (!isHeld(event.claim?.by ?? null, now.getTime()))
    wrongs.push(`two holders: ${event.id}, by the history ${String(holder)}`);
  return wrongs;
}

/** Titles and bodies that the event has had, each as often as it was given it. */
function textsOf({ title, body }: SvodkaEvent, revisions: Revision[]): unknown[] {
  const born = (field: 'title' | 'body', now: string) =>
    revisions.find(({ changes }) => changes[field])?.changes[field]?.from ?? now;
  const given = revisions.flatMap(({ changes }) => [changes.title?.to, changes.body?.to]);
  return [born('title', title), born('body', body), ...given];
}

/** The same whatever the order of its fields. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([name, each]) => [name, sorted(each)]),
  );
}
