// Calls of a telephone system: one by one by webhook, or in a file. Both are said as `POST /ingest` would say them, so a
// call that comes by both ways is one event, and refused ones wait under «Источники» like any.
import { Injectable } from '@nestjs/common';
import { CALL_LIMITS, CallRecordSchema } from '@svodka/shared/contracts/calls';
import type { Locale } from '@svodka/shared/contracts/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import { type IngestEvent, IngestEventSchema, type IngestResult } from '@svodka/shared/contracts/ingest';
import type { Reason } from '@svodka/shared/contracts/issues';
import type { ModuleTokenDoc } from '../../accounts/module-token.schema.ts';
import { ModuleTokens } from '../../accounts/module-tokens.service.ts';
import { CallNumbers } from '../../events/call-numbers.service.ts';
import { EventIntake } from '../../events/event-intake.service.ts';
import { Clock } from '../../platform/clock.ts';
import { AppConfig } from '../../platform/config/config.ts';
import { contractError, refused } from '../../platform/errors/contract-error.ts';
import { refuseUnfit } from '../../platform/http/contract.pipe.ts';
import { FairQueue } from '../../platform/limits/fair-queue.ts';
import { Limiter } from '../../platform/limits/limiter.ts';
import { PersonLimits } from '../../platform/limits/person-limits.ts';
import { draftOf, IngestService } from '../ingest/ingest.service.ts';
import { hashesOf } from '../ingest/said.ts';
import { SourcesService } from '../sources.service.ts';
import { type Call, eventOf, readCall } from './cdr.ts';
import { callsIn } from './cdr-file.ts';
import { isSignedBy, readSignature } from './signature.ts';

const MODULE = 'calls';
const BATCH = 100;
/** Signatures that fit nothing, of one network. */
const WRONG = { perSecond: 0.5, burst: 30 };
/** Signatures that were good; more than come within their window. */
const MOST_SEEN = 20_000;
const AHEAD_MS = 5 * 60_000;
const TURNS = { atOnce: 1, perKey: 1, waiting: 16, waitingPerKey: 4, patienceMs: 120_000 };
/** A file of records: nobody's rights, and nobody's name. */
const FILE = { id: '', roles: [], departmentId: null };

type Hook = { header: unknown; from: string; read: () => Promise<Buffer>; locale: Locale };
type Fault = { line: number; column: string; reason: string; value: string };

/** What became of a file. `recordings`: by the name in the row, the call that it belongs to. */
export type CallsAnswer = {
  counts: {
    rows: number;
    internal: number;
    created: number;
    changed: number;
    unchanged: number;
    refused: number;
  };
  faults: Fault[];
  recordings: { name: string; eventId: Id }[];
};

@Injectable()
export class CallsService {
  readonly #wrong = new Limiter(WRONG);
  readonly #seen = new Map<string, IngestResult>();
  readonly #turns = new FairQueue(TURNS);

  constructor(
    private readonly tokens: ModuleTokens,
    private readonly ingest: IngestService,
    private readonly intake: EventIntake,
    private readonly numbers: CallNumbers,
    private readonly sources: SourcesService,
    private readonly limits: PersonLimits,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /**
   * One call by webhook.
   * @throws AppError `unauthenticated` for whatever is not signed now by this key, `rate-limited`, `validation`
   */
  async hook(key: Id | undefined, { header, from, read, locale }: Hook): Promise<IngestResult> {
    const { signer, signature, record } = await this.#signed(key, { header, from, read });
    const before = this.#seen.get(signature);
    if (before) return before;
    const call = readCall(record, this.config.tzDefault);
    if ('skip' in call) return { line: 1, externalId: null, outcome: 'unchanged' };
    if ('reason' in call) throw refused(call.field, call.reason);
    const lines = [{ line: 1, raw: JSON.stringify(eventOf(call)) }];
    for await (const told of this.ingest.take(signer, [lines], { locale }))
      if (!('done' in told) && told[0]) return this.#remember(signature, told[0]);
    throw new AppError('unavailable', 'a call was not taken');
  }

  /** Played again within its window a request says nothing, also where a later one has said otherwise meanwhile. */
  #remember(signature: string, result: IngestResult): IngestResult {
    if (result.error) return result;
    this.#seen.set(signature, { ...result, outcome: 'unchanged' });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > MOST_SEEN && oldest) this.#seen.delete(oldest);
    return result;
  }

  /** Nothing of the answer tells an unknown key from a wrong signature. */
  async #signed(key: Id | undefined, { header, from, read }: Pick<Hook, 'header' | 'from' | 'read'>) {
    if (!this.#wrong.has(from)) throw this.#wrong.refusal(from, 'signatures');
    const doc = key ? await this.tokens.get(key) : null;
    const signature = readSignature(header);
    // What nobody of ours sends is not read to the end.
    if (!doc?.secret || !signature) throw this.#wrongly(from);
    const body = await read();
    if (!isSignedBy(doc.secret, signature, body)) throw this.#wrongly(from);
    const signer: ModuleTokenDoc = await this.tokens.check(doc._id);
    this.limits.request(doc._id, false);
    const minutes = Math.round((signature.t * 1000 - this.clock.now().getTime()) / 60_000);
    if (Math.abs(signature.t * 1000 - this.clock.now().getTime()) > CALL_LIMITS.hookWindowMs) {
      const reason: Reason = { field: 'X-Svodka-Signature', reason: 'clock', params: { minutes } };
      throw new AppError('unauthenticated', '#signature-old', [reason]);
    }
    return { signer, signature: signature.v1, record: recordIn(body) };
  }

  #wrongly(from: string): AppError {
    this.#wrong.take(from);
    return new AppError('unauthenticated', '#signature');
  }

  /**
   * The calls of a file of records. A row that is bad costs itself only; of several rows of one call the one counts that
   * was answered.
   * @throws AppError `validation` when it is no such file, `too-large`, `forbidden` when the module is off
   */
  take(bytes: Buffer): Promise<CallsAnswer> {
    return this.#turns.run(MODULE, () => this.#take(bytes));
  }

  async #take(bytes: Buffer): Promise<CallsAnswer> {
    await this.sources.open(MODULE);
    const { calls, ...answer } = await this.#read(bytes);
    const now = this.clock.now();
    for (let from = 0; from < calls.length; from += BATCH) {
      const some = calls.slice(from, from + BATCH);
      const drafts = some.map((call) => {
        const event: IngestEvent = IngestEventSchema.parse(eventOf(call));
        const by = { token: { name: '' }, order: null, counterparty: null, now };
        return draftOf(event, hashesOf(event), by);
      });
      await this.numbers.place(drafts);
      const taken = await this.intake.take(FILE, MODULE, drafts);
      for (const { id, line, recording } of some) {
        const one = taken.get(id);
        if (!one) continue;
        if ('refused' in one) {
          answer.counts.refused++;
          answer.faults.push({ line, column: 'disposition', reason: one.refused, value: id });
          continue;
        }
        answer.counts[one.outcome]++;
        if (recording) answer.recordings.push({ name: recording, eventId: one.id });
      }
    }
    answer.faults = answer.faults.sort((a, b) => a.line - b.line).slice(0, CALL_LIMITS.faults);
    return answer;
  }

  async #read(bytes: Buffer): Promise<CallsAnswer & { calls: (Call & { line: number })[] }> {
    const counts = { rows: 0, internal: 0, created: 0, changed: 0, unchanged: 0, refused: 0 };
    const faults: Fault[] = [];
    const calls = new Map<string, Call & { line: number }>();
    const latest = this.clock.now().getTime() + AHEAD_MS;
    for await (const { line, record, fault } of await callsIn(bytes)) {
      counts.rows++;
      const call = fault ? { field: '', reason: fault, value: '' } : readCall(record, this.config.tzDefault);
      if ('skip' in call) counts.internal++;
      else if ('reason' in call || call.at.getTime() > latest) {
        counts.refused++;
        const at =
          'reason' in call ? call : { field: 'start', reason: 'in-future', value: call.at.toISOString() };
        if (faults.length < CALL_LIMITS.faults)
          faults.push({ line, column: at.field, reason: at.reason, value: at.value.slice(0, 200) });
      } else {
        const before = calls.get(call.id);
        if (!before || weight(call) > weight(before)) calls.set(call.id, { ...call, line });
      }
    }
    return { counts, faults, recordings: [], calls: [...calls.values()] };
  }
}

/** A call that rang at several desks has a row for each: the one that was answered tells of it. */
const weight = ({ type, durationMs, recording }: Call): number =>
  (type === 'call.missed' ? 0 : 1e9) + durationMs + (recording ? 0.5 : 0);

/** @throws AppError `validation` */
function recordIn(body: Buffer) {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw refused('', 'json');
  }
  refuseUnfit(value);
  const parsed = CallRecordSchema.safeParse(value);
  if (!parsed.success) throw contractError(parsed.error.issues);
  return parsed.data;
}
