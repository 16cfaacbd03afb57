// What was taken from a person is out of their sight at once, though it stands in the audience of its events until
// the last of them has been rewritten. The entry itself says so (`taken`, in the write that took it), and each node
// keeps what the entries say: read at start and when the log was lost, then followed.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Withheld as OfOne } from '@svodka/shared/rules/permissions';
import type { Connection } from 'mongoose';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import type { Entry } from './entry.ts';

type Kind = keyof OfOne;
type Saying = Pick<Entry, '_id' | 'version' | 'taken'>;
type Noted = Saying & { serial: number };
const KINDS = ['projects', 'counterparties'] as const satisfies Kind[];

@Injectable()
export class Withheld implements OnModuleInit {
  readonly #entries = { projects: new Map<Id, Noted>(), counterparties: new Map<Id, Noted>() };
  readonly #ofUser = new Map<Id, { projects: Set<Id>; counterparties: Set<Id> }>();

  #serial = 0;

  constructor(@Inject(MONGO) private readonly connection: Connection) {}

  onModuleInit(): Promise<void> {
    return this.load();
  }

  /** Reads what the entries say now, and forgets what none of them says; what was noted meanwhile stays. */
  async load(): Promise<void> {
    const began = this.#serial;
    for (const kind of KINDS) {
      const entries = driverCollection<Entry>(this.connection, kind);
      const saying = entries.find({ rewrite: { $exists: true } }, { projection: { version: 1, taken: 1 } });
      for await (const entry of saying) this.note(kind, entry);
    }
    for (const kind of KINDS) {
      for (const { _id, version, serial } of this.#entries[kind].values()) {
        if (serial <= began) this.note(kind, { _id, version });
      }
    }
  }

  of(userId: Id): OfOne {
    const mine = this.#ofUser.get(userId);
    return { projects: [...(mine?.projects ?? [])], counterparties: [...(mine?.counterparties ?? [])] };
  }

  /** Takes in what an entry says. An older version than the one known says nothing. */
  note(kind: Kind, { _id, version, taken }: Saying): void {
    const known = this.#entries[kind].get(_id);
    if (known && known.version > version) return;
    for (const userId of known?.taken ?? []) this.#give(kind, _id, userId);
    if (!taken || taken.length === 0) {
      this.#entries[kind].delete(_id);
      return;
    }
    this.#entries[kind].set(_id, { _id, version, taken, serial: ++this.#serial });
    for (const userId of taken) {
      const mine = this.#ofUser.get(userId) ?? { projects: new Set(), counterparties: new Set() };
      mine[kind].add(_id);
      this.#ofUser.set(userId, mine);
    }
  }

  #give(kind: Kind, id: Id, userId: Id): void {
    const mine = this.#ofUser.get(userId);
    mine?.[kind].delete(id);
    if (mine && mine.projects.size + mine.counterparties.size === 0) this.#ofUser.delete(userId);
  }
}

/**
 * Who is to be listed as `taken` when an audience changes: those who were in it, or were listed already, and are not
 * in it now.
 */
export function takenFrom(before: { audience: Id[]; taken: Id[] | undefined }, now: readonly Id[]): Id[] {
  return [...new Set([...(before.taken ?? []), ...before.audience])].filter((id) => !now.includes(id));
}
