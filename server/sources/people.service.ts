import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { fold } from '@svodka/shared/filter/terms';
import { translate } from '@svodka/shared/messages/translate';
import { UsersService } from '../accounts/users.service.ts';

/** How a note has somebody whom nobody knows: who it was to be is not to be guessed from a bare name. */
export const strangerIn = (name: string): string => `${translate('ru', 'import.target.manager')}: ${name}`;

/** Who is meant by the names that stand in tables. */
@Injectable()
export class PeopleNamed {
  constructor(private readonly users: UsersService) {}

  /** By login or name, whatever its case; of two of one name neither. @returns a question of one name */
  async of(names: readonly (string | undefined)[]): Promise<(name: string | undefined) => Id | null> {
    const wanted = new Set(names.map((name) => fold(name ?? '')).filter(Boolean));
    const found = new Map<string, Id | null>();
    for (let after: string | undefined; wanted.size > 0; ) {
      const { items, next } = await this.users.list({ after, limit: 200 });
      for (const { name, login, _id } of items)
        for (const own of new Set([fold(name), fold(login)]))
          if (wanted.has(own)) found.set(own, found.has(own) ? null : _id);
      if (!next) break;
      after = next;
    }
    return (name) => found.get(fold(name ?? '')) ?? null;
  }

  /** What people are called. @returns a question of one id */
  async namesOf(ids: readonly (Id | null)[]): Promise<(id: Id | null) => string | null> {
    const found = await this.users.byIds([...new Set(ids.filter((id) => id !== null))]);
    const names = new Map(found.map(({ _id, name }) => [_id, name]));
    return (id) => (id && names.get(id)) || null;
  }
}
