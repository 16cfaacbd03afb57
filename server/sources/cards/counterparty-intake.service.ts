import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import {
  type CounterpartyCreate,
  type CounterpartyEdit,
  NEW_COUNTERPARTY,
} from '@svodka/shared/contracts/counterparty';
import type { Id } from '@svodka/shared/contracts/id';
import type { ImportBatch, ImportCandidate, ImportChoice } from '@svodka/shared/contracts/import';
import type { Actor } from '@svodka/shared/rules/permissions';
import { CounterpartiesService } from '../../counterparties/counterparties.service.ts';
import type { CounterpartyDoc } from '../../counterparties/counterparty.schema.ts';
import { CounterpartyImporter } from '../../counterparties/counterparty-importer.service.ts';
import { alikeBy, areTwoPeople, likenessOf } from '../../counterparties/likeness.ts';
import { derivedId } from '../../platform/mongo/derived-id.ts';
import { isOther, keysOf } from '../csv/likeness.ts';
import type { LinkDoc } from '../import.schema.ts';
import { PeopleNamed, strangerIn } from '../people.service.ts';
import { RecordsRepository } from '../records.repository.ts';
import {
  type CardsHow,
  type CardsTaken,
  comparedWith,
  finding,
  type KeyedCard,
  nothingTaken,
  shownChanges,
} from './card-intake.ts';

const KIND = 'counterparties';
/** So many of those whom a row resembles are shown. */
const MOST_CANDIDATES = 5;
const SUREST = ['inn', 'phone', 'name'] as const;

type Met = { draft: KeyedCard; id: Id; link: Pick<LinkDoc, 'sent'> | null };

/** Rows as counterparties. Whom a row resembles is proposed: nobody is made twice, or made one with another, unasked. */
@Injectable()
export class CounterpartyIntake {
  constructor(
    private readonly counterparties: CounterpartiesService,
    private readonly counterpartyImporter: CounterpartyImporter,
    private readonly records: RecordsRepository,
    private readonly people: PeopleNamed,
  ) {}

  async take(
    actor: Actor,
    batch: ImportBatch,
    drafts: readonly KeyedCard[],
    { dry }: CardsHow,
  ): Promise<CardsTaken> {
    const taken = nothingTaken();
    const { update = false, restore = false, alike = 'ask' } = batch.mapping ?? {};
    const [links, choices, managerOf] = await Promise.all([
      this.records.links(KIND, [
        ...drafts.map(({ key }) => key),
        ...drafts.flatMap(({ before }) => before.map(({ key }) => key)),
      ]),
      this.records.choices(
        batch.id,
        drafts.map(({ line }) => line),
      ),
      this.people.of(drafts.map(({ card }) => card.manager)),
    ]);
    const linked = await this.counterparties.standing([...links.values()].map(({ recordId }) => recordId));
    const resembled = await this.#resembled(drafts.filter(({ key }) => !links.has(key)));
    const ids = new Map([...links].map(([key, { recordId }]) => [key, recordId]));
    const fresh = new Map<string, CounterpartyCreate & { id: Id }>();
    const made = new Map<string, Omit<LinkDoc, '_id' | 'kind'>>();
    const met: Met[] = [];
    const make = (draft: KeyedCard) => {
      const id = idOf(batch, draft.key);
      ids.set(draft.key, id);
      const said = saidOf(draft, managerOf);
      fresh.set(draft.key, { ...NEW_COUNTERPARTY, name: draft.title, ...said, id });
      made.set(draft.key, {
        recordId: id,
        batchId: batch.id,
        line: draft.line,
        made: true,
        version: 1,
        sent: comparedWith({}, said, {}).now,
      });
      taken.created++;
    };
    for (const draft of drafts) {
      const link = links.get(draft.key);
      const isOwn = link?.made && link.batchId === batch.id;
      if (link) {
        const id = linked.chainOf(link.recordId).at(-1) ?? link.recordId;
        if (linked.docs.has(id)) {
          // By a runner that died before it could count it.
          if (isOwn) taken.created++;
          else met.push({ draft, id, link });
        } else if (isOwn) make(draft);
        else {
          taken.deleted++;
          if (restore) make(draft);
        }
        continue;
      }
      const all = resembled(draft, idOf(batch, draft.key));
      const candidates = all.slice(0, MOST_CANDIDATES);
      if (candidates.length === 0) {
        make(draft);
        continue;
      }
      const chosen: ImportChoice | null =
        choices.get(draft.line) ?? (alike === 'ask' ? null : { how: alike, of: null });
      taken.alike++;
      taken.findings.push(finding(draft, 'alike', { candidates }));
      if (dry) continue;
      // By the rows before this one there may be more by now than were shown.
      const target = chosen?.how === 'same' ? this.#target(chosen, draft, all, ids) : null;
      if (chosen?.how === 'skip') taken.skipped++;
      else if (chosen?.how === 'new') make(draft);
      else if (target) {
        ids.set(draft.key, target);
        made.set(draft.key, {
          recordId: target,
          batchId: batch.id,
          line: draft.line,
          made: false,
          version: 0,
          sent: {},
        });
        met.push({ draft, id: target, link: null });
      } else
        taken.errors.push({
          line: draft.line,
          column: '',
          reason: 'alike',
          value: candidates
            .map(({ name }) => name)
            .join(', ')
            .slice(0, 200),
          values: draft.values,
        });
    }
    if (!dry) {
      await this.records.link(KIND, made);
      await this.counterpartyImporter.makeMany(actor, [...fresh.values()]);
    }
    await this.#compare(actor, met, { dry, update, managerOf }, taken);
    return taken;
  }

  async #compare(
    actor: Actor,
    met: readonly Met[],
    {
      dry,
      update,
      managerOf,
    }: { dry: boolean; update: boolean; managerOf: (name: string | undefined) => Id | null },
    taken: CardsTaken,
  ): Promise<void> {
    const now = await this.counterparties.standing(met.map(({ id }) => id));
    const docs = new Map(now.docs);
    const nameOf = await this.people.namesOf([...docs.values()].map(({ managerId }) => managerId));
    const learnt = new Map<string, LinkDoc['sent']>();
    for (const { draft, id, link } of met) {
      const doc = docs.get(now.chainOf(id).at(-1) ?? id);
      if (!doc) continue;
      const said = saidOf(draft, managerOf);
      const { fills, changes, agreed, now: sent } = comparedWith(doc, said, link?.sent ?? {});
      const news = { ...fills, ...changes };
      // What stands here as the row says it: whoever changes it later has changed what the file said.
      const known = { ...link?.sent, ...agreed };
      if (!isDeepStrictEqual(known, link?.sent ?? {})) learnt.set(draft.key, known);
      if (Object.keys(news).length === 0) {
        taken.existing++;
        continue;
      }
      taken.changed++;
      taken.findings.push(
        finding(draft, 'changed', {
          id: doc._id,
          changes: shownChanges(doc, news, (field, value) =>
            field === 'managerId' ? (nameOf(value as Id | null) ?? draft.card.manager) : value,
          ),
        }),
      );
      // Whoever says that it is the same has filled what was empty there.
      const edit = update ? news : link ? {} : fills;
      if (dry || Object.keys(edit).length === 0) continue;
      const written = await this.counterparties.edit(actor, doc._id, edit as CounterpartyEdit);
      docs.set(written._id, written);
      const told = update
        ? sent
        : Object.fromEntries(Object.keys(edit).map((field) => [field, sent[field] ?? '']));
      learnt.delete(draft.key);
      const { _id, version } = written;
      await this.records.said(KIND, draft.key, { ...known, ...told }, { id: _id, version, writes: 1 });
    }
    if (!dry) await this.records.learn(KIND, learnt);
  }

  /** Of each row, whom it resembles: cards that are here, the surest first, then rows of its file. */
  async #resembled(drafts: readonly KeyedCard[]) {
    const keys = [...new Set(drafts.flatMap(({ card }) => keysOf(card)))];
    const holders = new Map<string, CounterpartyDoc[]>();
    for (const doc of await this.counterparties.alike(keys))
      for (const key of likenessOf(doc)) holders.set(key, [...(holders.get(key) ?? []), doc]);
    return ({ card, before }: KeyedCard, own: Id): ImportCandidate[] => {
      const mine = keysOf(card);
      const found = new Map(
        mine.flatMap((key) => holders.get(key) ?? []).map((doc) => [doc._id, doc] as const),
      );
      const here = [...found.values()]
        .filter((doc) => doc._id !== own && !isOther(doc.inn, card.inn))
        .map(
          (doc): ImportCandidate => ({
            id: doc._id,
            line: null,
            number: doc.number,
            name: doc.name,
            by: alikeBy(mine, likenessOf(doc), areTwoPeople({ name: card.name ?? '', kind: card.kind }, doc)),
            card: shownOf(doc),
          }),
        )
        .filter(({ by }) => by.length > 0)
        .sort((a, b) => surenessOf(a) - surenessOf(b) || ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
      const rows = before.map(
        ({ line, title, by, card: row }): ImportCandidate => ({
          id: null,
          line,
          number: '',
          name: title,
          by,
          card: row,
        }),
      );
      return [...here, ...rows];
    };
  }

  /** Whom somebody has chosen, as long as the row resembles them; a row of the file by what became of it. */
  #target(
    { of }: ImportChoice,
    { before }: KeyedCard,
    candidates: readonly ImportCandidate[],
    ids: ReadonlyMap<string, Id>,
  ): Id | null {
    const chosen = candidates.find((one) => of === null || nameOfCandidate(one) === of);
    if (!chosen || chosen.id) return chosen?.id ?? null;
    const row = before.find(({ line }) => line === chosen.line);
    return (row && ids.get(row.key)) ?? null;
  }
}

const nameOfCandidate = ({ id, line }: ImportCandidate): string => id ?? `line:${line}`;
const surenessOf = ({ by }: ImportCandidate): number => SUREST.indexOf(by[0] ?? 'name');

/** Made again by a runner that takes a batch over, it is the same. */
const idOf = ({ createdAt, id }: ImportBatch, key: string): Id =>
  derivedId(new Date(createdAt), 'import', id, key);

/** What a row says, as a card has it; a manager whom nobody knows stays in the note. */
function saidOf({ card }: KeyedCard, managerOf: (name: string | undefined) => Id | null): CounterpartyEdit {
  const { manager, name, kind, categories, inn, kpp, ogrn, phones, emails, contacts, note } = card;
  const managerId = managerOf(manager);
  const notes = [note, manager && !managerId ? strangerIn(manager) : ''].filter(Boolean).join('\n');
  const said = { name, kind, categories, inn, kpp, ogrn, phones, emails, contacts };
  return {
    ...(Object.fromEntries(
      Object.entries(said).filter(([, value]) => value !== undefined),
    ) as CounterpartyEdit),
    ...(managerId && { managerId }),
    ...(notes && { note: notes }),
  };
}

const shownOf = ({ name, kind, inn, kpp = null, phones, emails, contacts = [], note }: CounterpartyDoc) => ({
  name,
  kind,
  inn,
  kpp,
  phones,
  emails,
  contacts,
  note,
});
