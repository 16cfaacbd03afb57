import type { Locale } from '../contracts/common.ts';
import type { MessageKey } from '../messages/catalogue.ts';
import { isMessageKey, type MessageParams, translate } from '../messages/translate.ts';
import { conjunctsOf, type Filter, isAll, isNone, type Leaf, type SetClause } from './ast.ts';
import { type FilterPath, removeAt } from './edit.ts';
import { fieldOf, type Names } from './fields.ts';
import { normalize } from './normalize.ts';
import { timePhrase } from './time-phrase.ts';
import { labelKey } from './vocabulary.ts';

/** One part of the filter as the bar shows it: the label in light, the value in strong ink. The label may be empty. */
export type Chip = { path: FilterPath; label: string; value: string; clause: Filter; without: Filter };

const CHIP_VALUES = 3;

/**
 * A filter as a person would say it: «важность от высокой, срок просрочен, кроме модуля «Почта», за неделю».
 * @param zone for the time of day of instants; by default the machine's
 */
export function toSentence(filter: Filter, locale: Locale, names: Names, zone?: string): string {
  const speaker = new Speaker(locale, names, zone, Number.POSITIVE_INFINITY);
  const plain = normalize(filter);
  if (isAll(plain)) return speaker.say('filter.all');
  const parts = conjunctsOf(plain);
  return parts.map((part) => (parts.length > 1 ? speaker.enclosed(part) : speaker.whole(part))).join(', ');
}

/** The parts of the and at the top, each with the filter that is left without it. Long lists are cut short. */
export function toChips(filter: Filter, locale: Locale, names: Names, zone?: string): Chip[] {
  const speaker = new Speaker(locale, names, zone, CHIP_VALUES);
  return conjunctsOf(filter).map((clause, i) => {
    const path = 'and' in filter ? [i] : [];
    return { path, ...speaker.chip(normalize(clause)), clause, without: removeAt(filter, path) };
  });
}

type Phrase = { label: string; value: string };

class Speaker {
  constructor(
    private readonly locale: Locale,
    private readonly names: Names,
    private readonly zone: string | undefined,
    private readonly longest: number,
  ) {}

  say(key: string, params?: MessageParams): string {
    return translate(this.locale, key as MessageKey, params);
  }

  /** Any filter as one piece of text. */
  whole(filter: Filter): string {
    const { label, value } = this.phrase(filter);
    return label ? `${label} ${value}` : value;
  }

  /** The same inside of a longer text: groups in parentheses. */
  enclosed(filter: Filter): string {
    return 'and' in filter || 'or' in filter ? `(${this.whole(filter)})` : this.whole(filter);
  }

  /** On a chip, «кроме «Почта»» is clear without the word «модуля». */
  chip(filter: Filter): Phrase {
    if (
      'not' in filter &&
      'in' in filter.not &&
      (filter.not.field === 'module' || filter.not.field === 'type')
    ) {
      return {
        label: '',
        value: this.say('filter.except', { list: this.list(this.values(filter.not), 'conjunction') }),
      };
    }
    return this.phrase(filter);
  }

  private phrase(filter: Filter): Phrase {
    if (isAll(filter)) return { label: '', value: this.say('filter.all') };
    if (isNone(filter)) return { label: '', value: this.say('filter.none') };
    if ('and' in filter)
      return {
        label: '',
        value: this.join(
          filter.and.map((part) => this.enclosed(part)),
          'conjunction',
        ),
      };
    if ('or' in filter)
      return {
        label: '',
        value: this.join(
          filter.or.map((part) => this.enclosed(part)),
          'disjunction',
        ),
      };
    return 'not' in filter ? this.exclusion(filter.not) : this.clause(filter);
  }

  private clause(leaf: Leaf): Phrase {
    if ('text' in leaf) return { label: this.say('filter.label.text'), value: this.quoted(leaf.text) };
    if ('exists' in leaf) {
      return { label: '', value: this.say(`filter.${leaf.exists ? 'exists' : 'missing'}.${leaf.field}`) };
    }
    const label = this.say(`filter.label.${leaf.field}`);
    if (!('in' in leaf)) return { label, value: timePhrase(leaf, { locale: this.locale, zone: this.zone }) };
    return { label, value: this.level(leaf) ?? this.list(this.values(leaf), 'disjunction') };
  }

  private exclusion(filter: Filter): Phrase {
    if ('text' in filter) {
      return { label: '', value: this.say('filter.except.text', { list: this.quoted(filter.text) }) };
    }
    if (!('field' in filter) || 'exists' in filter) {
      return { label: '', value: this.say('filter.except.group', { filter: this.whole(filter) }) };
    }
    if (!('in' in filter)) {
      const { label, value } = this.clause(filter);
      return { label, value: this.say('filter.not', { value }) };
    }
    const key = `filter.except.${filter.field}`;
    if (isMessageKey(key)) {
      const list = this.list(this.values(filter), 'conjunction');
      return { label: '', value: this.say(key, { n: filter.in.length, list }) };
    }
    // States are denied one by one: «не просрочен и не приближается».
    const denied = filter.in.map((code) => {
      const own = `filter.${filter.field}.not.${code}`;
      return isMessageKey(own)
        ? this.say(own)
        : this.say('filter.not', { value: this.value(filter.field, code) });
    });
    return { label: this.say(`filter.label.${filter.field}`), value: this.join(denied, 'conjunction') };
  }

  /** A run of ordered values that reaches the top or the bottom: «от высокой», «до обычной». */
  private level({ field, in: values }: SetClause): string | null {
    const { ordered, values: all } = fieldOf(field);
    if (!ordered || !all || values.length < 2) return null;
    const own = (key: string, code: string) =>
      isMessageKey(`filter.${field}.${key}.${code}`)
        ? this.say(`filter.${field}.${key}.${code}`)
        : this.say(`filter.${key}`, { value: this.value(field, code) });
    if (values.length === all.length && isMessageKey(`filter.${field}.any`))
      return this.say(`filter.${field}.any`);
    const [first] = values;
    if (first && first === all[all.length - values.length]) return own('from', first);
    const last = values.at(-1);
    return last && last === all[values.length - 1] ? own('upTo', last) : null;
  }

  private values(clause: SetClause): string[] {
    return clause.in.map((value) => this.value(clause.field, value));
  }

  /** One value in words: names for ids; labels of modules and types in quotes; states as they follow their label. */
  private value(name: SetClause['field'], value: string): string {
    const { ref, values } = fieldOf(name);
    if (ref === 'department') return this.names(ref, value) ?? value;
    if (ref) return this.names(ref, value) ?? this.say('filter.unknown');
    if (!values) return value;
    const own = `filter.${name}.${value}`;
    return isMessageKey(own) ? this.say(own) : this.quoted(this.say(labelKey(name, value)));
  }

  private quoted(text: string): string {
    return this.say('filter.quoted', { text });
  }

  private list(items: string[], type: 'conjunction' | 'disjunction'): string {
    if (items.length <= this.longest) return this.join(items, type);
    const shown = items.slice(0, this.longest - 1);
    return this.say('filter.more', { list: shown.join(', '), n: items.length - shown.length });
  }

  private join(items: string[], type: 'conjunction' | 'disjunction'): string {
    return new Intl.ListFormat(this.locale, { type }).format(items);
  }
}
