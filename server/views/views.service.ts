import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { type Locale, LocaleSchema } from '@svodka/shared/contracts/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { Role } from '@svodka/shared/contracts/user';
import type { View, ViewCreate, ViewEdit, ViewPreset } from '@svodka/shared/feed/view';
import { translate } from '@svodka/shared/messages/catalogue';
import { Clock } from '../platform/clock.ts';
import { derivedId, idAside, momentOfId } from '../platform/mongo/derived-id.ts';
import { defaultViews } from './default-views.ts';
import { toView, type ViewDoc } from './view.schema.ts';
import { ViewsRepository } from './views.repository.ts';

const VIEWS_PER_USER = 50;
const LOCALES = LocaleSchema.options;

type Owner = { _id: Id; roles: readonly Role[]; locale: Locale };

/** Saved feeds. Every one is private: those of others do not exist. */
@Injectable()
export class ViewsService {
  constructor(
    private readonly views: ViewsRepository,
    private readonly clock: Clock,
  ) {}

  /** The views of a person; until they change one, those that their roles begin with. Writes nothing. */
  async list(owner: Owner): Promise<View[]> {
    const docs = (await this.views.of(owner._id)) ?? beginnings(owner);
    return docs.map((doc) => toView(doc, owner.locale));
  }

  /**
   * Idempotent by the id that a client may give.
   * @returns `isNew` false: the same view was sent before
   * @throws AppError `conflict` when the id is taken by another view, or when there are too many
   */
  async create(owner: Owner, input: ViewCreate): Promise<{ view: View; isNew: boolean }> {
    const existing = await this.#docs(owner);
    const repeated = existing.find(({ _id }) => _id === input.id);
    if (!repeated && existing.length >= VIEWS_PER_USER)
      throw new AppError('conflict', 'too many views', [{ field: 'name', reason: 'too-many-views' }]);
    const name = ownName(input.name, input.preset);
    const doc: ViewDoc = {
      _id: input.id ?? newId(this.clock.now().getTime()),
      ownerId: owner._id,
      name,
      preset: name === null ? input.preset : null,
      filter: input.filter,
      icon: input.icon,
      order: 1 + Math.max(-1, ...existing.map(({ order }) => order)),
      version: 1,
      removedAt: null,
    };
    let taken = await this.views.insert(doc);
    // Views of others do not exist, their ids neither.
    if (taken && taken.ownerId !== owner._id) {
      doc._id = idAside(doc._id, owner._id);
      taken = await this.views.insert(doc);
    }
    if (!taken) return { view: toView(doc, owner.locale), isNew: true };
    const isSame = (['ownerId', 'name', 'filter', 'icon'] as const).every((field) =>
      isDeepStrictEqual(taken[field], doc[field]),
    );
    if (!isSame || taken.removedAt) throw new AppError('conflict', 'a view with this id exists');
    return { view: toView(taken, owner.locale), isNew: false };
  }

  /** @throws AppError `not-found` */
  async edit(owner: Owner, id: Id, { name, ...edit }: ViewEdit): Promise<View> {
    await this.#docs(owner);
    const { preset } = found(await this.views.get(owner._id, id));
    const changes = { ...edit, ...(name !== undefined && { name: ownName(name, preset) }) };
    return toView(found(await this.views.edit(owner._id, id, changes)), owner.locale);
  }

  /** A preset leaves its mark, or it would come back with the next visit. @throws AppError `not-found` */
  async remove(owner: Owner, id: Id): Promise<void> {
    await this.#docs(owner);
    const { preset } = found(await this.views.get(owner._id, id));
    if (preset === null) await this.views.delete(owner._id, id);
    else await this.views.edit(owner._id, id, { removedAt: this.clock.now() });
  }

  /** Keeps the views that a person begins with, once they change one. */
  async #docs(owner: Owner): Promise<ViewDoc[]> {
    const kept = await this.views.of(owner._id);
    if (kept) return kept;
    // By ids that follow from owner and view, so that two changes at once keep the same ones.
    for (const doc of beginnings(owner)) await this.views.insert(doc);
    return (await this.views.of(owner._id)) ?? [];
  }
}

const beginnings = (owner: Owner): ViewDoc[] =>
  defaultViews(owner.roles).map(({ preset, filter, icon }, order) => ({
    _id: derivedId(momentOfId(owner._id), 'view', owner._id, preset),
    ownerId: owner._id,
    name: null,
    preset,
    filter,
    icon,
    order,
    version: 1,
    removedAt: null,
  }));

function found(view: ViewDoc | null): ViewDoc {
  if (!view) throw new AppError('not-found', 'no such view');
  return view;
}

/** The name to keep: none while it is the preset's own, in whatever language a page showed it. */
function ownName(name: string, preset: ViewPreset | null): string | null {
  const isPresets = preset && LOCALES.some((locale) => translate(locale, `view.${preset}`) === name);
  return isPresets ? null : name;
}
