import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { fold, wordsOf } from '@svodka/shared/filter/terms';
import { translate } from '@svodka/shared/messages/translate';
import { UsersService } from '../accounts/users.service.ts';

/** How a note has somebody whom nobody knows: who it was to be is not to be guessed from a bare name. */
export const strangerIn = (name: string): string => `${translate('ru', 'import.target.manager')}: ${name}`;

/** Why a name is nobody's: nobody is called so, or several are. */
export type Stranger = 'nobody' | 'several';
type Meant = { id: Id; why?: never } | { id?: never; why: Stranger };

/** Who is meant by the names that stand in tables. */
@Injectable()
export class PeopleNamed {
  constructor(private readonly users: UsersService) {}

  /**
   * By login or name, whatever its case; where nobody is called so, by a part of the name that only one of those who
   * work here has: «Соколова», «Соколова В. П.». @returns a question of one name
   */
  async of(names: readonly (string | undefined)[]): Promise<(name: string | undefined) => Id | null> {
    const meant = await this.#meant(names);
    return (name) => meant.get(fold(name ?? ''))?.id ?? null;
  }

  /** Those of the names that mean nobody in particular. */
  async strangers(names: readonly string[]): Promise<(name: string) => Stranger | null> {
    const meant = await this.#meant(names);
    return (name) => meant.get(fold(name))?.why ?? null;
  }

  async #meant(names: readonly (string | undefined)[]): Promise<Map<string, Meant>> {
    const wanted = [...new Set(names.map((name) => fold(name ?? '')).filter(Boolean))];
    const whole = new Map<string, Set<Id>>(wanted.map((name) => [name, new Set()]));
    const partly = new Map(wanted.map((name) => [name, { words: wordsOf(name), ids: new Set<Id>() }]));
    for (let after: string | undefined; wanted.length > 0; ) {
      const { items, next } = await this.users.list({ after, limit: 200 });
      for (const { name, login, disabledAt, _id } of items) {
        for (const own of [fold(name), fold(login)]) whole.get(own)?.add(_id);
        const words = wordsOf(name);
        if (disabledAt === null)
          for (const { words: said, ids } of partly.values()) if (isPartOf(said, words)) ids.add(_id);
      }
      if (!next) break;
      after = next;
    }
    const meant = new Map<string, Meant>();
    for (const name of wanted) {
      const called = whole.get(name) as Set<Id>;
      const [id, other] = called.size > 0 ? called : (partly.get(name)?.ids ?? []);
      meant.set(
        name,
        id === undefined ? { why: 'nobody' } : other === undefined ? { id } : { why: 'several' },
      );
    }
    return meant;
  }

  /** What people are called. @returns a question of one id */
  async namesOf(ids: readonly (Id | null)[]): Promise<(id: Id | null) => string | null> {
    const found = await this.users.byIds([...new Set(ids.filter((id) => id !== null))]);
    const names = new Map(found.map(({ _id, name }) => [_id, name]));
    return (id) => (id && names.get(id)) || null;
  }
}

/** Whether each word said is one of the name, whole or as an initial, and one of them is whole. */
function isPartOf(said: readonly string[], name: readonly string[]): boolean {
  const left = [...name];
  let isNamed = false;
  for (const word of [...said].sort((a, b) => b.length - a.length)) {
    const same = left.indexOf(word);
    const isWhole = same >= 0 && word.length > 1;
    const short = left.findIndex((own) => (own.length === 1 || word.length === 1) && own[0] === word[0]);
    const at = isWhole ? same : short;
    if (at < 0) return false;
    isNamed ||= isWhole;
    left.splice(at, 1);
  }
  return isNamed;
}
