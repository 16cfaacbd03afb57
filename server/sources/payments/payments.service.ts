// A file of payments. The key of a payment follows from what stands in it, so the same payment is one event however many
// files it stands in, and a file that was cut or killed half way is simply sent again.
import { createHash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { SamePayment } from '@svodka/shared/contracts/ingest';
import { PAYMENTS_LIMITS, type Payment, type PaymentsAnswer } from '@svodka/shared/contracts/payments';
import { translate } from '@svodka/shared/messages/translate';
import type { Actor } from '@svodka/shared/rules/permissions';
import { BANK_KEY } from '@svodka/shared/rules/same-payment';
import { DateTime } from 'luxon';
import { AuditService } from '../../audit/audit.service.ts';
import { CounterpartiesService } from '../../counterparties/counterparties.service.ts';
import type { CounterpartyDoc } from '../../counterparties/counterparty.schema.ts';
import { plainName } from '../../counterparties/likeness.ts';
import type { EventDoc } from '../../events/event.schema.ts';
import { EventIntake, type SaidEvent } from '../../events/event-intake.service.ts';
import { EventsRepository } from '../../events/events.repository.ts';
import { ProjectsService } from '../../orders/projects/projects.service.ts';
import { Clock } from '../../platform/clock.ts';
import { AppConfig } from '../../platform/config/config.ts';
import { hashesOf } from '../ingest/said.ts';
import { hintsOf } from '../linking/hints.ts';
import { bareNumbersIn, ordersCalledIn, ordersOf, spelledIn } from '../linking/order-lists.ts';
import { SamePayments, SameSoFar } from '../linking/same-payments.service.ts';
import { SourcesRepository } from '../sources.repository.ts';
import { SourcesService } from '../sources.service.ts';
import { accountCode, namesItsHolder } from './accounts.ts';
import { type BankFile, type BankPayment, readBankFile } from './bank-file.ts';
import { LoadsRepository } from './loads.repository.ts';
import { type Matched, matchPayment, type NamedOrder, payersOf } from './match.ts';

const MODULE = 'finance';
const TYPE = 'payment.received';
/** «по договору от 12.03.2026» */
const DAY = /^\d{1,2}\.\d{1,2}\.\d{2,4}$/;
/** Banks take 210; what stands further back in a longer one names no order. */
const LONGEST_PURPOSE = 1_000;
/** Written together, and read before others have their turn: whoever writes by hand waits behind so many. */
const BATCH = 100;

/** `firstId`: the key of the same document further up in the file, to the last letter; null: there is none. */
type Row = BankPayment & { externalId: string; firstId: string | null };
/** `made`: the event that is new. */
type Told = { row: Row; matched: Matched; outcome: Payment['outcome']; made: Id | null };

@Injectable()
export class PaymentsService {
  constructor(
    private readonly sources: SourcesService,
    private readonly repository: SourcesRepository,
    private readonly projects: ProjectsService,
    private readonly counterparties: CounterpartiesService,
    private readonly intake: EventIntake,
    private readonly events: EventsRepository,
    private readonly same: SamePayments,
    private readonly loads: LoadsRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /**
   * Takes the payments of customers that a file holds, or with `dry` says what would become of them.
   * @throws AppError `validation` when it is no such file, `too-large`, `forbidden` when the module is off
   */
  async take(
    actor: Actor,
    bytes: Uint8Array,
    { dry, fileName, from: address = null }: { dry: boolean; fileName: string; from?: string | null },
  ): Promise<PaymentsAnswer> {
    await this.sources.open(MODULE);
    const file = readBankFile(bytes);
    const rows = this.#keyed(file);
    const counts: PaymentsAnswer['counts'] = {
      documents: file.documents,
      outgoing: file.outgoing,
      own: file.own,
      incoming: rows.length,
      created: 0,
      changed: 0,
      unchanged: 0,
      refused: 0,
      linked: 0,
      waiting: 0,
      same: 0,
      sumKop: 0,
    };
    const items: Payment[][] = [[], [], []];
    const names = new Map<Id, string>();
    const soFar = new SameSoFar();
    let broughtKop = 0;
    const at = this.clock.now();
    let load = { _id: newId(at.getTime()), fileName, at, by: actor.id || null };
    for (let from = 0; from < rows.length; from += BATCH) {
      const part = rows.slice(from, from + BATCH);
      const batch = await this.#batch(actor, part, { names, soFar, dry });
      const made = batch.filter((told) => told.made !== null);
      const madeKop = made.reduce((sum, { row }) => sum + row.amountKop, 0);
      const ids = made.map((told) => told.made as Id);
      if (ids.length > 0 && !(await this.loads.add(load, ids, madeKop))) {
        // Somebody has taken back what there was of it: what comes now is a load of its own.
        load = { ...load, _id: newId(this.clock.now().getTime()) };
        await this.loads.add(load, ids, madeKop);
      }
      broughtKop += madeKop;
      for (const told of batch) {
        counts[told.outcome]++;
        counts.sumKop += told.row.amountKop;
        if (isNews(told)) {
          counts[told.matched.order ? 'linked' : 'waiting']++;
          if (told.matched.same) counts.same++;
        }
        const some = items[rankOf(told)] ?? [];
        if (some.length < PAYMENTS_LIMITS.shown) some.push(shown(told, names));
      }
    }
    const { encoding, accounts, from, to, isCut, faults } = file;
    counts.refused += faults.length;
    const { created, changed, unchanged, refused } = counts;
    const told = { file: fileName, created, changed, unchanged, refused, sumKop: broughtKop };
    if (!dry)
      await this.audit.tell({
        who: actor.id || null,
        what: 'payments.taken',
        object: { kind: 'source', id: MODULE },
        from: address,
        details: told,
      });
    faults.sort((a, b) => a.line - b.line);
    return {
      encoding,
      accounts,
      from,
      to,
      isCut,
      counts,
      items: items.flat().slice(0, PAYMENTS_LIMITS.shown),
      faults: faults.slice(0, PAYMENTS_LIMITS.faults),
    };
  }

  /** Payments that are alike to the last digit are told apart by their turn in the file; what is still to come waits. */
  #keyed(file: BankFile): Row[] {
    const turns = new Map<string, number>();
    const firsts = new Map<string, string>();
    const today = DateTime.fromJSDate(this.clock.now(), { zone: this.config.tzDefault }).toISODate() ?? '';
    const rows: Row[] = [];
    for (const payment of file.payments) {
      if (payment.on > today) {
        const { line, on } = payment;
        file.faults.push({ line, column: 'Дата', reason: 'in-the-future', value: on });
        continue;
      }
      const key = keyOf(payment);
      const turn = (turns.get(key) ?? 0) + 1;
      turns.set(key, turn);
      const externalId = turn === 1 ? key : `${key}:${turn}`;
      const document = JSON.stringify([key, payment.payer, payment.purpose]);
      // Without a number nothing says that two are one.
      rows.push({ ...payment, externalId, firstId: (payment.docNo && firsts.get(document)) || null });
      if (!firsts.has(document)) firsts.set(document, externalId);
    }
    return rows;
  }

  async #batch(
    actor: Actor,
    rows: Row[],
    { names, soFar, dry }: { names: Map<Id, string>; soFar: SameSoFar; dry: boolean },
  ): Promise<Told[]> {
    const known = await this.events.bySources(
      MODULE,
      rows.flatMap(({ externalId, firstId }) => (firstId ? [externalId, firstId] : externalId)),
    );
    const before = new Map(known.map((event) => [event.source?.externalId, event]));
    // What was written of the part before stands in the events.
    if (!dry) soFar.added.clear();
    const read = await this.#unlessThere(rows, await this.#matches(rows, names), before, soFar);
    const matches = await this.#asChosen(rows, read, before);
    const said = rows.map((row, i): SaidEvent => {
      const draft = this.#draft(row, matches[i] as Matched);
      const event = before.get(row.externalId);
      // What has an order keeps it: somebody may have chosen it since.
      if (event?.projectId)
        for (const field of ['order', 'counterparty'] as const) {
          const { [field]: sent } = event.source?.sent ?? {};
          delete draft.sent[field];
          if (sent !== undefined) draft.sent[field] = sent;
        }
      return draft;
    });
    const foreseen = dry ? await this.intake.foresee(MODULE, said) : null;
    const taken = dry ? null : await this.intake.take(actor, MODULE, said);
    if (!dry) await this.#learn(rows, matches);
    return rows.map((row, i): Told => {
      const one = taken?.get(row.externalId);
      const outcome = one
        ? 'refused' in one
          ? 'refused'
          : one.outcome
        : (foreseen?.get(row.externalId) ?? 'unchanged');
      const made = one && 'id' in one && outcome === 'created' ? one.id : null;
      return { row, matched: matches[i] as Matched, outcome, made };
    });
  }

  async #matches(rows: readonly Row[], names: Map<Id, string>): Promise<Matched[]> {
    const said: { named: string[]; called: string[][]; bare: string[] }[] = [];
    for (const row of rows) {
      const purpose = row.purpose.slice(0, LONGEST_PURPOSE);
      said.push({
        named: hintsOf({ title: '', body: purpose, payload: {} }).numbers,
        called: ordersCalledIn(purpose),
        bare: bareNumbersIn(purpose),
      });
      if (said.length % BATCH === 0) await breathe();
    }
    const numbers = said.flatMap(({ named, called, bare }) => [
      ...named,
      ...spelledIn(called.flat()),
      ...bare,
    ]);
    const [orders, cards, accounts] = await Promise.all([
      this.projects.ofNumbers([...new Set(numbers)]),
      this.counterparties.answeringTo([...new Set(rows.flatMap(({ inn }) => inn ?? []))], []),
      this.repository.codes(
        MODULE,
        rows.map(({ payerAccount }) => accountCode(payerAccount)),
      ),
    ]);
    const { docs, chainOf } = await this.counterparties.standing([
      ...accounts.values(),
      ...[...orders.values()].flatMap(({ counterpartyId }) => counterpartyId ?? []),
    ]);
    const standing = (id: Id) => chainOf(id).at(-1) ?? id;
    const payers = cards.filter(({ merged }) => !merged);
    for (const { _id, name } of [...docs.values(), ...payers] as CounterpartyDoc[]) names.set(_id, name);
    const byDoc = new Map(
      [...new Set(orders.values())].map((doc): [unknown, NamedOrder] => {
        const { _id, number, counterpartyId } = doc;
        return [doc, { _id, number, counterpartyId: counterpartyId && standing(counterpartyId) }];
      }),
    );
    const byNumber = new Map(
      [...orders].map(([number, doc]): [string, NamedOrder] => [number, byDoc.get(doc) as NamedOrder]),
    );
    return rows.map((row, i) => {
      const holder = accounts.get(accountCode(row.payerAccount));
      const byAccount = holder && standing(holder);
      const isTheirs = byAccount && !isStranger(row, docs.get(byAccount));
      const { named = [], called = [], bare = [] } = said[i] ?? {};
      const lists = called.map((list) => ordersOf(list, byNumber));
      return matchPayment(
        {
          named: [...new Set([...ordersOf(named, byNumber), ...lists.flat()])],
          called: lists,
          bare: ordersOf(bare, byNumber),
          unknown: called
            .flat()
            .filter((number) => !DAY.test(number) && ordersOf([number], byNumber).length === 0),
        },
        payersOf(row, payers, isTheirs ? byAccount : undefined),
        ({ counterpartyId }) => isStranger(row, docs.get(counterpartyId ?? '')),
      );
    });
  }

  /**
   * What an order has already from somebody else waits, without an order, so that it is counted for nobody; and so does a
   * document that stands in the file once more.
   */
  async #unlessThere(
    rows: readonly Row[],
    matches: readonly Matched[],
    before: ReadonlyMap<string | undefined, EventDoc>,
    soFar: SameSoFar,
  ): Promise<Matched[]> {
    const asked = rows.flatMap((row, i) => {
      const order = matches[i]?.order;
      const isAsked = order && !before.get(row.externalId)?.projectId && !firstOf(row, before);
      return isAsked ? [{ row, order }] : [];
    });
    const found = await this.same.of(
      asked.map(({ row: { amountKop, docNo, on, externalId }, order }) => ({
        projectIds: [order._id],
        isDeleted: Boolean(before.get(externalId)?.deletedAt),
        payment: { type: TYPE, day: on, amountKop, docNo, isOfBank: true },
      })),
      soFar,
    );
    const same = new Map(asked.map(({ row }, i) => [row.externalId, found[i]?.told]));
    return matches.map((matched, i): Matched => {
      const row = rows[i] as Row;
      const told = same.get(row.externalId) ?? firstOf(row, before);
      if (!told || before.get(row.externalId)?.projectId) return matched;
      const { order, named } = matched;
      return { ...matched, match: 'same', order: null, named: order ? [order] : named, same: told };
    });
  }

  /** Where somebody has chosen another order than the purpose says, that one is told. */
  async #asChosen(
    rows: readonly Row[],
    matches: readonly Matched[],
    before: ReadonlyMap<string | undefined, EventDoc>,
  ): Promise<Matched[]> {
    const chosen = (i: number) => before.get(rows[i]?.externalId)?.projectId ?? null;
    const ids = matches.flatMap(({ order }, i) => (chosen(i) === order?._id ? [] : (chosen(i) ?? [])));
    const orders = new Map((await this.projects.plainByIds([...new Set(ids)])).map((one) => [one._id, one]));
    return matches.map((matched, i): Matched => {
      const order = orders.get(chosen(i) ?? '');
      return order && order._id !== matched.order?._id ? { ...matched, match: 'kept', order } : matched;
    });
  }

  /** Next time the account alone says who pays. */
  async #learn(rows: readonly Row[], matches: readonly Matched[]): Promise<void> {
    const learnt = new Map<string, Id>();
    for (const [i, { payerAccount }] of rows.entries()) {
      const payer = matches[i]?.payer;
      if (payer && namesItsHolder(payerAccount)) learnt.set(accountCode(payerAccount), payer);
    }
    await this.repository.learnCodes(MODULE, learnt);
  }

  #draft(row: Row, { order, payer: known, same }: Matched): SaidEvent {
    const payer = same ? null : known;
    const { payer: name, inn, payerAccount, account, docNo, amountKop, purpose, on, externalId } = row;
    const said = {
      type: TYPE,
      title: translate('ru', 'said.title.payment', { payer: name }),
      body: purpose,
      importance: 'normal',
      occurredAt: DateTime.fromISO(on, { zone: this.config.tzDefault }).toJSDate(),
      payload: {
        amountKop,
        method: 'bank',
        ...(docNo && { docNo }),
        fields: {
          [translate('ru', 'said.field.payer')]: name,
          ...(inn && { [translate('ru', 'said.field.inn')]: inn }),
          ...(payerAccount && { [translate('ru', 'said.field.payerAccount')]: payerAccount }),
          ...(account && { [translate('ru', 'said.field.account')]: account }),
        },
      },
    } as const;
    return {
      ...said,
      due: null,
      projectId: order?._id ?? null,
      counterpartyIds: payer ? [payer] : [],
      author: { userId: null, name: translate('ru', 'said.by.bank') },
      status: null,
      externalId,
      sent: hashesOf({ ...said, order: order?._id ?? null, counterparty: payer }),
    };
  }
}

function keyOf({ account, payerAccount, inn, docNo, on, amountKop }: BankPayment): string {
  const parts = [account, payerAccount, inn, docNo, on, amountKop];
  return `${BANK_KEY}${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)}`;
}

/** The same document further up in the file, unless somebody has deleted it. */
function firstOf(
  { firstId, on, amountKop }: Row,
  before: ReadonlyMap<string | undefined, EventDoc>,
): SamePayment | null {
  const first = firstId === null ? undefined : before.get(firstId);
  if (firstId === null || first?.deletedAt) return null;
  return { eventId: first?._id ?? null, type: TYPE, on, by: translate('ru', 'said.by.bank'), amountKop };
}

/**
 * Whether nobody's tax number says that the payer is no such customer: the customer has another, or the payer is a firm
 * that is called otherwise than this person. A person's number stands on few cards, and says nothing.
 */
function isStranger({ inn, payer }: Row, customer: CounterpartyDoc | undefined): boolean {
  if (inn === null || !customer) return false;
  if (customer.inn) return customer.inn !== inn;
  const isFirm = inn.length === 10;
  return isFirm && customer.kind === 'person' && plainName(customer.name) !== plainName(payer);
}

const isNews = ({ outcome }: Told): boolean => outcome === 'created' || outcome === 'changed';

/** What is shown first: what is refused or is to wait, then what waits, then what needs nobody. */
const rankOf = (told: Told): number =>
  told.outcome === 'refused' || (isNews(told) && !told.matched.order) ? 0 : told.matched.order ? 2 : 1;

const shown = ({ row, matched, outcome }: Told, names: ReadonlyMap<Id, string>): Payment => ({
  line: row.line,
  docNo: row.docNo,
  on: row.on,
  amountKop: row.amountKop,
  payer: row.payer,
  inn: row.inn,
  purpose: row.purpose,
  outcome,
  match: matched.match,
  orders:
    matched.match === 'unknown'
      ? [...matched.unknown]
      : (matched.order ? [matched.order] : matched.named).map(({ number }) => number),
  counterparty: (matched.payer && names.get(matched.payer)) ?? null,
  same: matched.same,
});
