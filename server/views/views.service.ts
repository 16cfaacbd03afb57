import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Locale } from '@svodka/shared/contracts/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { Role } from '@svodka/shared/contracts/user';
import type { View, ViewCreate, ViewEdit } from '@svodka/shared/contracts/view';
import { Clock } from '../platform/clock.ts';
import { defaultViews } from './default-views.ts';
import { toView, type ViewDoc } from './view.schema.ts';
import { ViewsRepository } from './views.repository.ts';

const VIEWS_PER_USER = 50;

type Owner = { _id: Id; roles: readonly Role[]; locale: Locale };

/** Saved feeds. Every one is private: those of others do not exist. */
@Injectable()
export class ViewsService {
  constructor(
    private readonly views: ViewsRepository,
    private readonly clock: Clock,
  ) {}

  /** The views of a person; on the first visit those that their roles begin with. */
  async list(owner: Owner): Promise<View[]> {
    return (await this.views.of(owner._id)) ?? (await this.#begin(owner));
  }

  /**
   * Idempotent by the id that a client may give.
   * @returns `isNew` false: the same view was sent before
   * @throws AppError `conflict` when the id is taken by another view, or when there are too many
   */
  async create(owner: Owner, input: ViewCreate): Promise<{ view: View; isNew: boolean }> {
    const existing = await this.list(owner);
    const repeated = existing.find(({ id }) => id === input.id);
    if (!repeated && existing.length >= VIEWS_PER_USER)
      throw new AppError('conflict', 'too many views', [{ field: 'name', reason: 'too-many-views' }]);
    const doc: ViewDoc = {
      _id: input.id ?? newId(this.clock.now().getTime()),
      ownerId: owner._id,
      name: input.name,
      filter: input.filter,
      icon: input.icon,
      order: 1 + Math.max(-1, ...existing.map(({ order }) => order)),
      version: 1,
      removedAt: null,
    };
    const taken = await this.views.insert(doc);
    if (!taken) return { view: toView(doc), isNew: true };
    const isSame = (['ownerId', 'name', 'filter', 'icon'] as const).every((field) =>
      isDeepStrictEqual(taken[field], doc[field]),
    );
    if (!isSame || taken.removedAt) throw new AppError('conflict', 'a view with this id exists');
    return { view: toView(taken), isNew: false };
  }

  /** @throws AppError `not-found` */
  async edit(owner: Owner, id: Id, edit: ViewEdit): Promise<View> {
    return found(await this.views.edit(owner._id, id, edit));
  }

  /** @throws AppError `not-found` */
  async remove(owner: Owner, id: Id): Promise<void> {
    found(await this.views.edit(owner._id, id, { removedAt: this.clock.now() }));
  }

  /** Two pages that are opened at once make the same views, by ids that follow from the owner and the view. */
  async #begin(owner: Owner): Promise<View[]> {
    for (const [order, { code, name, filter, icon }] of defaultViews(owner.roles, owner.locale).entries()) {
      await this.views.insert({
        _id: derivedId(owner._id, code),
        ownerId: owner._id,
        name,
        filter,
        icon,
        order,
        version: 1,
        removedAt: null,
      });
    }
    return (await this.views.of(owner._id)) ?? [];
  }
}

function found(view: View | null): View {
  if (!view) throw new AppError('not-found', 'no such view');
  return view;
}

/** A UUIDv7 with the owner's moment and bits that follow from owner and code. */
function derivedId(ownerId: Id, code: string): Id {
  const hex = createHash('sha256').update(`${ownerId}\n${code}`).digest('hex');
  return `${ownerId.slice(0, 13)}-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
}
