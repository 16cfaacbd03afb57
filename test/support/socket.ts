import type { Comment } from '@svodka/shared/contracts/comment';
import type { ErrorBody, ErrorCode } from '@svodka/shared/contracts/errors';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Refs } from '@svodka/shared/contracts/refs';
import type { Count, FeedFrame, FeedResumed, FeedSnapshot, FeedSubscribe } from '@svodka/shared/feed/feed';
import { FeedView } from '@svodka/shared/feed/feed-view';
import type { ClientToServer, ServerToClient } from '@svodka/shared/feed/socket';
import type { Filter } from '@svodka/shared/filter/ast';
import { io, type Socket } from 'socket.io-client';
import type { Client } from './client.ts';
import { pace } from './pace.ts';
import { until } from './until.ts';

type Raw = Socket<ServerToClient, ClientToServer>;
type Fact = {
  [E in keyof ServerToClient]: { name: E; value: Parameters<ServerToClient[E]>[0] };
}[keyof ServerToClient];
type Message = keyof ClientToServer;
type Body<M extends Message> = Parameters<ClientToServer[M]>[0];
type Answer<M extends Message> = Extract<Parameters<Parameters<ClientToServer[M]>[1]>[0], { ok: true }>;

/** A message that was answered by an error where the test expected none. */
export class Refused extends Error {
  readonly code: ErrorCode;
  constructor(
    readonly message_: string,
    readonly body: ErrorBody,
  ) {
    super(`${message_} was refused: ${JSON.stringify(body.error)}`);
    this.code = body.error.code;
  }
}

/** One feed of a test socket, held by the same view as in the browser. */
export class TestFeed {
  readonly view = new FeedView();
  count: Count = { n: 0, exact: true };
  /** Frames that came before the answer that names their room, or while a resume is under way. */
  early: FeedFrame[] = [];
  asking = true;
  /** Rooms that were reset meanwhile: nothing comes from them any more. */
  readonly emptied = new Set<string>();
  resets = 0;
  resumes = 0;

  constructor(
    readonly filter: Filter,
    readonly limit: number,
  ) {}

  get rows(): readonly SvodkaEvent[] {
    return this.view.rows;
  }

  get ids(): string[] {
    return this.view.rows.map(({ id }) => id);
  }
}

/**
 * A socket as a page holds it: applies frames, resumes what it missed, starts anew on a reset. Keeps everything that
 * it was told in `facts`, as it came.
 */
export class TestSocket {
  readonly facts: Fact[] = [];
  readonly feeds = new Set<TestFeed>();
  readonly refs = new Map<string, Refs[keyof Refs][number]>();
  /** Resolves with the reason when the socket ends. */
  readonly ended: Promise<string>;
  /** Frames for which it answers true are thrown away, as a bad line would. */
  lose: (frame: FeedFrame) => boolean = () => false;

  private constructor(readonly raw: Raw) {
    this.ended = new Promise((resolve) => raw.once('disconnect', resolve));
    raw.onAny((name, value) => this.facts.push({ name, value } as Fact));
    raw.on('feed.changed', (frame) => this.#frame(frame));
    raw.on('feed.beat', ({ room, position }) => {
      const feed = this.#feedOf(room);
      if (feed && !feed.asking && feed.view.isBehind(position)) void this.#resume(feed);
    });
    raw.on('feed.reset', ({ room }) => {
      for (const feed of this.feeds) {
        if (feed.asking) feed.emptied.add(room);
        else if (feed.view.room === room) void this.#again(feed, undefined);
      }
    });
    raw.on('count.changed', ({ room, count }) => {
      const feed = this.#feedOf(room);
      if (feed) feed.count = count;
    });
    raw.on('refs.changed', (refs) => this.#keep(refs));
  }

  /** Connects without waiting for the outcome. */
  static open(
    client: Client,
    options: { headers?: Record<string, string>; token?: string } = {},
  ): TestSocket {
    const token = options.token ?? client.token;
    const raw: Raw = io(client.url, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      ...(token && { auth: { token } }),
      extraHeaders: {
        ...(client.cookie && { Cookie: client.cookie, Origin: client.url }),
        ...options.headers,
      },
    });
    return new TestSocket(raw);
  }

  /** Connects and waits until the server has let it in. @throws the `connect_error` */
  static async connect(client: Client, options?: Parameters<typeof TestSocket.open>[1]): Promise<TestSocket> {
    const socket = TestSocket.open(client, options);
    await new Promise<void>((resolve, reject) => {
      socket.raw.once('connect', resolve);
      socket.raw.once('connect_error', reject);
    });
    return socket;
  }

  /** The answer of a success. @throws Refused */
  async ask<M extends Message>(message: M, body: Body<M>): Promise<Answer<M>> {
    const answer = await this.send(message, body);
    if (!(answer as { ok: boolean }).ok) throw new Refused(message, answer as unknown as ErrorBody);
    return answer as Answer<M>;
  }

  /** Any answer, to any message with any body. */
  async send(message: string, ...args: unknown[]): Promise<{ ok: boolean } & Partial<ErrorBody>> {
    const raw = this.raw as unknown as {
      timeout(ms: number): { emitWithAck(...all: unknown[]): Promise<never> };
    };
    return raw.timeout(10_000 * pace()).emitWithAck(message, ...args);
  }

  /** Follows a filter from a snapshot, or from where a feed of an earlier socket stood. */
  async follow(
    filter: Filter,
    { from, limit = 100 }: { from?: TestFeed; limit?: number } = {},
  ): Promise<TestFeed> {
    const feed = from ?? new TestFeed(filter, limit);
    this.feeds.add(feed);
    await this.#ask(feed, from?.view.position);
    return feed;
  }

  async unfollow(feed: TestFeed): Promise<void> {
    this.feeds.delete(feed);
    await this.ask('feed.unsubscribe', { room: feed.view.room });
  }

  /** What the socket was told under one name, in order. */
  told<E extends keyof ServerToClient>(name: E): Parameters<ServerToClient[E]>[0][] {
    return this.facts.flatMap((fact) => (fact.name === name ? [fact.value] : [])) as never;
  }

  /** Waits for a fact that `accept` takes. */
  fact<E extends keyof ServerToClient>(
    name: E,
    accept: (value: Parameters<ServerToClient[E]>[0]) => boolean = () => true,
  ): Promise<Parameters<ServerToClient[E]>[0]> {
    return until(() => this.told(name).find(accept), { what: `the fact ${name}` }) as never;
  }

  /** Waits until a row of a feed is as `accept` wants it. */
  row(feed: TestFeed, id: string, accept: (row: SvodkaEvent) => boolean = () => true): Promise<SvodkaEvent> {
    return until(
      () => {
        const row = feed.view.get(id);
        return row && accept(row) && row;
      },
      { what: () => `row ${id} among ${feed.ids.join(' ')}` },
    );
  }

  gone(feed: TestFeed, id: string): Promise<true> {
    return until(() => !feed.view.get(id) && (true as const), { what: `row ${id} to go` });
  }

  get comments(): Comment[] {
    return this.told('comment.changed');
  }

  /** Cuts the line as a broken network does, without a word. */
  drop(): void {
    this.raw.io.engine.close();
    this.raw.disconnect();
  }

  close(): void {
    this.raw.disconnect();
  }

  #feedOf(room: string): TestFeed | undefined {
    return [...this.feeds].find(({ view }) => view.room === room);
  }

  #frame(frame: FeedFrame): void {
    if (this.lose(frame)) return;
    this.#keep(frame.refs);
    for (const feed of this.feeds) {
      if (feed.asking) feed.early.push(frame);
      else if (feed.view.room === frame.room && feed.view.apply(frame) === 'missed') void this.#resume(feed);
    }
  }

  #resume(feed: TestFeed): Promise<void> {
    feed.resumes++;
    return this.#again(feed, feed.view.position);
  }

  /** As a page does: asks until there is an answer, as long as there is a line and somebody who looks. */
  async #again(feed: TestFeed, position: string | undefined): Promise<void> {
    for (;;) {
      try {
        return await this.#ask(feed, position);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 250));
        if (!this.raw.connected || !this.feeds.has(feed)) return;
      }
    }
  }

  async #ask(feed: TestFeed, position: string | undefined): Promise<void> {
    feed.asking = true;
    feed.emptied.clear();
    const ask: FeedSubscribe = { filter: feed.filter, limit: feed.limit, ...(position && { position }) };
    const answer: FeedSnapshot | FeedResumed = await this.ask('feed.subscribe', ask);
    if (answer.mode === 'snapshot') {
      if (answer.reset || (position === undefined && feed.view.room)) feed.resets++;
      feed.view.replace(answer);
      this.#keep(answer.refs);
    } else {
      feed.view.resume(answer);
      for (const { refs } of answer.frames) this.#keep(refs);
    }
    feed.count = answer.count ?? { n: 0, exact: false };
    feed.asking = false;
    const early = feed.early;
    feed.early = [];
    if (feed.emptied.has(answer.room)) return this.#again(feed, undefined);
    for (const frame of early) {
      if (frame.room === feed.view.room && feed.view.apply(frame) === 'missed') return this.#resume(feed);
    }
  }

  #keep(refs: Refs): void {
    for (const list of [refs.projects, refs.counterparties, refs.users]) {
      for (const ref of list) this.refs.set(ref.id, ref);
    }
  }
}
