// What a module says over REST. Order of a batch: each line is read, the token and the module are looked at anew, what the
// lines name is found or made, the events are taken, refused lines are kept, the answer is told. One batch at a time is
// written in a process, the tokens in turn, while the next lines that have come already are read; of a stream no more is
// held, so that memory is bounded and whoever writes by hand waits behind one batch at most. A stream that breaks off leaves whole batches; sent again, it
// finds them unchanged.
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Locale } from '@svodka/shared/contracts/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import {
  INGEST_LIMITS,
  type IngestCounts,
  type IngestEnd,
  type IngestEvent,
  type IngestResult,
  type IngestState,
} from '@svodka/shared/contracts/ingest';
import type { Actor } from '@svodka/shared/rules/permissions';
import { keeperOf } from '@svodka/shared/rules/promises';
import type { ModuleTokenDoc } from '../../accounts/module-token.schema.ts';
import { ModuleTokens } from '../../accounts/module-tokens.service.ts';
import { CallNumbers } from '../../events/call-numbers.service.ts';
import { hashOfBody } from '../../events/event-fields.ts';
import { EventIntake, type SaidEvent } from '../../events/event-intake.service.ts';
import { Clock } from '../../platform/clock.ts';
import { refused } from '../../platform/errors/contract-error.ts';
import { toErrorBody } from '../../platform/errors/error-body.ts';
import { FairQueue } from '../../platform/limits/fair-queue.ts';
import { Logger } from '../../platform/logger/logger.ts';
import { derivedId } from '../../platform/mongo/derived-id.ts';
import { PeopleNamed } from '../people.service.ts';
import type { SourceErrorDoc } from '../source.schema.ts';
import { SourcesService } from '../sources.service.ts';
import type { RawLine } from './lines.ts';
import { type Found, NamesService, nothingFound } from './names.service.ts';
import { externalIdIn, hashesOf, parseLine, readEvent } from './said.ts';

/** Lines that are written together: what an interactive write may have to wait behind. */
const BATCH = 100;
/** Of a refused line, what is kept, characters. */
const RAW_KEPT = 16_000;
/** Faults of one line that are told. */
const MOST_FAULTS = 5;
const TURNS = { atOnce: 1, perKey: 1, waiting: 64, waitingPerKey: 2, patienceMs: 120_000 };
const STREAMS = { ofToken: 2, ofAll: 8 };

/** What one request has met so far. */
type Stream = {
  counts: IngestCounts;
  /** External ids of accepted lines: where they stood, and a hash of what they said. */
  seen: Map<string, { line: number; hash: string }>;
  found: Found;
  /** Whether refused lines of the token are kept, which an accepted one may settle. */
  hasErrors: boolean;
  locale: Locale;
  /** What was counted and is not kept yet, and when it was last. */
  untold: IngestCounts;
  toldAt: number;
};

type Read = {
  at: RawLine;
  externalId: string | null;
  event?: IngestEvent;
  sent?: Record<string, string>;
  error?: unknown;
  isSame?: boolean;
};

/** A stream is said to be heard so often: each time is a write, and news for every page. */
const HEARD_EVERY_MS = 1_000;

const none = (): IngestCounts => ({ lines: 0, created: 0, changed: 0, unchanged: 0, refused: 0 });

/** As whom a module writes: nobody's rights but its token's, which have been looked at by then. */
const actorOf = (token: ModuleTokenDoc): Actor => ({ id: token._id, roles: [], departmentId: null });

@Injectable()
export class IngestService {
  readonly #turns = new FairQueue(TURNS);
  readonly #streams = new Map<Id, number>();

  constructor(
    private readonly tokens: ModuleTokens,
    private readonly sources: SourcesService,
    private readonly names: NamesService,
    private readonly people: PeopleNamed,
    private readonly intake: EventIntake,
    private readonly numbers: CallNumbers,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** @throws AppError `forbidden` when the module is switched off */
  async state(token: ModuleTokenDoc): Promise<IngestState> {
    const { replayFrom } = await this.sources.open(token.module);
    return { module: token.module, types: token.types, replayFrom: replayFrom?.toISOString() ?? null };
  }

  /**
   * Takes lines as they come, and tells of each batch; the end last.
   * @param replayed the moment from which the module has just said everything once more
   * @throws AppError `unauthenticated`, `forbidden` (the module is off), `rate-limited`, `too-large`
   */
  async *take(
    token: ModuleTokenDoc,
    lines: AsyncIterable<RawLine[]> | Iterable<RawLine[]>,
    { locale, replayed }: { locale: Locale; replayed?: string | undefined },
  ): AsyncGenerator<IngestResult[] | IngestEnd> {
    const leave = this.#enter(token);
    let writing: Promise<IngestResult[]> | null = null;
    const stream = newStream(await this.sources.hasErrors(token._id), locale);
    try {
      await this.sources.open(token.module);
      await this.sources.heard(token, none());
      for await (const come of lines) {
        for (let from = 0; from < come.length; from += BATCH) {
          const part = come.slice(from, from + BATCH);
          if ((part.at(-1)?.line ?? 0) > INGEST_LIMITS.lines)
            throw new AppError('too-large', '#ingest-lines');
          const now = this.clock.now();
          const reads = part.map((at) => this.#read(at, token, stream, now));
          if (writing) yield await writing;
          writing = this.#turns.run(token._id, () => this.#batch(token, reads, stream));
          writing.catch(() => undefined); // heard when it is waited for
        }
        // Whoever waits for an answer before they say more gets it.
        if (writing) yield await writing;
        writing = null;
      }
      await this.#tell(token, stream);
      if (replayed) await this.sources.replayed(token.module, new Date(replayed));
      const { replayFrom } = await this.sources.open(token.module);
      yield { done: true, counts: stream.counts, replayFrom: replayFrom?.toISOString() ?? null };
    } finally {
      await writing?.catch(() => undefined);
      leave();
      await this.#tell(token, stream);
      if (stream.counts.refused > 0) await this.sources.trimErrors(token.module);
    }
  }

  /**
   * A refused line once more, by whoever may: as its token may say it now, and as of when it was said. It was counted as
   * refused when it came, and it is no word of the module.
   */
  async again({ tokenId, line, raw, at }: SourceErrorDoc, locale: Locale): Promise<IngestResult> {
    const token = await this.tokens.check(tokenId);
    const stream = { ...newStream(true, locale), toldAt: Number.POSITIVE_INFINITY };
    const read = this.#read({ line, raw }, token, stream, at);
    const [result] = await this.#turns.run(token._id, () => this.#batch(token, [read], stream, at));
    if (result?.outcome !== 'refused') await this.sources.heard(token, stream.untold, at);
    return result as IngestResult;
  }

  #enter({ _id }: ModuleTokenDoc): () => void {
    const mine = this.#streams.get(_id) ?? 0;
    const all = [...this.#streams.values()].reduce((sum, one) => sum + one, 0);
    if (mine >= STREAMS.ofToken || all >= STREAMS.ofAll)
      throw new AppError('rate-limited', 'streams', [], { retryAfter: 5 });
    this.#streams.set(_id, mine + 1);
    return () => {
      const left = (this.#streams.get(_id) ?? 1) - 1;
      if (left > 0) this.#streams.set(_id, left);
      else this.#streams.delete(_id);
    };
  }

  async #batch(
    { _id, module }: ModuleTokenDoc,
    reads: Read[],
    stream: Stream,
    now = this.clock.now(),
  ): Promise<IngestResult[]> {
    const [token] = await Promise.all([this.tokens.check(_id), this.sources.open(module)]);
    await this.#store(token, reads, stream, now);
    const results = reads.map((read) => this.#result(read, stream));
    await this.#keep(token, reads, results, stream, now);
    return results;
  }

  #read(at: RawLine, token: ModuleTokenDoc, { seen }: Stream, now: Date): Read {
    let externalId: string | null = null;
    try {
      const value = parseLine(at);
      externalId = externalIdIn(value);
      const event = readEvent(value, token, now);
      const sent = hashesOf(event);
      const hash = hashOfBody({ type: event.type, sent }).slice(0, 12);
      const before = seen.get(event.externalId);
      if (before && before.hash !== hash)
        throw new AppError('conflict', '#twice-in-stream', [
          { field: 'externalId', reason: 'twice-in-stream', line: before.line },
        ]);
      seen.set(event.externalId, before ?? { line: at.line, hash });
      return { at, externalId: event.externalId, event, sent, isSame: before !== undefined };
    } catch (error) {
      return { at, externalId, error };
    }
  }

  async #store(token: ModuleTokenDoc, reads: Read[], { found }: Stream, now: Date): Promise<void> {
    const actor = actorOf(token);
    const said = reads.flatMap((read) => (read.event && !read.isSame ? [read as Required<Read>] : []));
    await this.names.find(
      actor,
      token,
      said.map(({ event }) => event),
      found,
    );
    const nameOf = await this.people.namesOf(said.map(({ event }) => keeperOf(event)));
    const drafts: SaidEvent[] = [];
    for (const read of said) {
      const [order, counterparty] = [
        this.names.orderOf(read.event, found),
        this.names.counterpartyOf(read.event, found),
      ];
      const unknown = order === undefined ? 'order' : counterparty === undefined ? 'counterparty' : null;
      const keeper = keeperOf(read.event);
      if (keeper && !nameOf(keeper)) read.error = refused('payload.keeper', 'unknown-user');
      else if (unknown)
        read.error = new AppError('validation', unknown, [{ field: unknown, reason: `unknown-${unknown}` }]);
      else
        drafts.push(
          draftOf(read.event, read.sent, {
            token,
            order: order ?? null,
            counterparty: counterparty ?? null,
            now,
          }),
        );
    }
    if (token.module === 'calls') await this.numbers.place(drafts);
    const taken = await this.intake.take(actor, token.module, drafts);
    for (const read of reads) {
      const one = read.externalId && read.event && !read.error ? taken.get(read.externalId) : undefined;
      if (one && 'refused' in one)
        read.error = new AppError('conflict', '#type-stays', [{ field: 'type', reason: one.refused }]);
      else if (one) Object.assign(read, { taken: one });
    }
  }

  #result(
    read: Read & { taken?: { id: Id; outcome: 'created' | 'changed' | 'unchanged' } },
    stream: Stream,
  ): IngestResult {
    const { at, externalId, error, taken } = read;
    const told = { line: at.line, externalId };
    const result: IngestResult = error
      ? { ...told, outcome: 'refused', error: faultOf(error, stream.locale, this.logger) }
      : {
          ...told,
          outcome: read.isSame || !taken ? 'unchanged' : taken.outcome,
          ...(taken && { id: taken.id }),
        };
    stream.counts.lines++;
    stream.counts[result.outcome]++;
    return result;
  }

  /** Keeps what was refused, lets go of what has gone in since, and counts. */
  async #keep(
    token: ModuleTokenDoc,
    reads: Read[],
    results: IngestResult[],
    stream: Stream,
    now: Date,
  ): Promise<void> {
    const refused: SourceErrorDoc[] = [];
    const settled: Id[] = [];
    for (const [i, result] of results.entries()) {
      stream.untold[result.outcome]++;
      if (!result.error && !stream.hasErrors) continue;
      const { raw } = (reads[i] as Read).at;
      const id = idOfError(token._id, result.externalId, raw);
      if (!result.error) settled.push(id);
      else
        refused.push({
          _id: id,
          module: token.module,
          tokenId: token._id,
          at: now,
          line: result.line,
          externalId: result.externalId,
          raw: raw.slice(0, RAW_KEPT),
          isCut: raw.length > RAW_KEPT,
          error: result.error,
        });
    }
    if (stream.hasErrors) await this.sources.dropErrors(settled);
    stream.hasErrors ||= refused.length > 0;
    // Of the same line twice in a batch the last word counts.
    await this.sources.addErrors([...new Map(refused.map((error) => [error._id, error])).values()]);
    if (performance.now() - stream.toldAt > HEARD_EVERY_MS) await this.#tell(token, stream);
  }

  /** Keeps what has been counted since. */
  async #tell(token: ModuleTokenDoc, stream: Stream): Promise<void> {
    const { untold } = stream;
    [stream.untold, stream.toldAt] = [none(), performance.now()];
    if (Object.values(untold).some((count) => count > 0)) await this.sources.heard(token, untold);
  }
}

const newStream = (hasErrors: boolean, locale: Locale): Stream => ({
  counts: none(),
  seen: new Map(),
  found: nothingFound(),
  hasErrors,
  locale,
  untold: none(),
  toldAt: performance.now(),
});

/** What a module says, as it is taken. @param token whose name stands for an author that is not named */
export function draftOf(
  event: IngestEvent,
  sent: Record<string, string>,
  {
    token,
    order,
    counterparty,
    now,
  }: { token: Pick<ModuleTokenDoc, 'name'>; order: Id | null; counterparty: Id | null; now: Date },
): SaidEvent {
  return {
    type: event.type,
    title: event.title,
    body: event.body,
    importance: event.importance,
    occurredAt: event.occurredAt ? new Date(event.occurredAt) : now,
    due: event.due,
    projectId: order,
    counterpartyIds: counterparty ? [counterparty] : [],
    author: { userId: null, name: event.author ?? token.name },
    status: null,
    payload: event.payload as SaidEvent['payload'],
    externalId: event.externalId,
    itemIds: event.itemIds,
    sent,
  };
}

/** The same line that is refused again stands where it stood. */
function idOfError(tokenId: Id, externalId: string | null, raw: string): Id {
  const line = externalId === null ? createHash('sha256').update(raw).digest('base64url') : '';
  return derivedId(new Date(0), 'refused', tokenId, JSON.stringify(externalId), line);
}

function faultOf(error: unknown, locale: Locale, logger: Logger) {
  const { error: fault } = toErrorBody(error, locale, logger).body;
  return fault.details ? { ...fault, details: fault.details.slice(0, MOST_FAULTS) } : fault;
}
