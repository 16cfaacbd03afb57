import { isTimely } from '../contracts/common.ts';
import { ALL, and, type Filter, NONE, not, or, type SetClause } from './ast.ts';
import {
  type ExistsField,
  FIELDS,
  type FieldName,
  fieldOf,
  type SetField,
  type Subject,
  type TimeField,
  USER_FIELDS,
} from './fields.ts';
import { FilterParseError, type ParseReason } from './parse-error.ts';
import { type Piece, Scanner } from './scanner.ts';
import { FILTER_SCHEMAS, LIMITS } from './schema.ts';
import { chunksOf } from './search.ts';
import { type Comparison, parseComparison, parseSpan, TIME_EXAMPLES } from './time-text.ts';
import {
  existenceNamed,
  fieldNamed,
  isTextWord,
  namesAbsence,
  operatorNamed,
  valuesNamed,
} from './vocabulary.ts';

const LONGEST_TEXT = 100_000;
const DEEPEST = 50;
const existenceFields = (of: Subject) => USER_FIELDS[of].filter((name) => fieldOf(name).existsPath);
const EXISTENCE_FIELDS = { events: existenceFields('events'), orders: existenceFields('orders') };

/**
 * text   = any
 * any    = all { "or" all }
 * all    = part { ["and"] part }
 * part   = ("-" | "!" | "not") part | "(" any ")" | "*" | clause | words
 * clause = field (":" | "=" | "!=") value { "," value } | field (">=" | ">" | "<=" | "<") value
 *        | ("has" | "no") ":" field | "text" ":" value
 */
export function parse(text: string, subject: Subject): Filter {
  if (text.length > LONGEST_TEXT)
    throw new FilterParseError(LONGEST_TEXT, text.length - LONGEST_TEXT, 'too-long');
  const scan = new Scanner(text, subject);
  scan.skipSpace();
  if (scan.done) return ALL;
  const filter = any(scan, 0);
  if (!scan.done) throw new FilterParseError(scan.position, 1, 'unexpected');
  const issue = FILTER_SCHEMAS[subject].safeParse(filter).error?.issues[0];
  if (issue) throw new FilterParseError(0, text.length, limitReason(issue.message));
  return filter;
}

/** What can still be wrong with a filter that was parsed: it is larger than a filter may be. */
const limitReason = (message: string): ParseReason =>
  message === 'too-deep' || message === 'too-many-clauses' ? message : 'too-long';

function any(scan: Scanner, depth: number): Filter {
  const parts = [all(scan, depth)];
  while (takeOperator(scan, 'or')) parts.push(all(scan, depth));
  return or(...parts);
}

function all(scan: Scanner, depth: number): Filter {
  const parts: Filter[] = [];
  let words = '';
  for (;;) {
    const next = wordOrPart(scan, depth);
    const isWord = typeof next === 'string' && chunksOf(next).length > 0;
    if (isWord && words !== '' && words.length + next.length < LIMITS.text) {
      // Words side by side are one text: «8 916 718-30-51» is one number.
      words = `${words} ${next}`;
      parts[parts.length - 1] = { text: words };
    } else {
      words = isWord ? next : '';
      parts.push(typeof next === 'string' ? { text: next } : next);
    }
    const joined = takeOperator(scan, 'and');
    if (joined) words = '';
    if (!joined && (scan.done || scan.next === ')' || operatorNamed(scan.peekWord()) === 'or'))
      return and(...parts);
  }
}

function takeOperator(scan: Scanner, operator: 'and' | 'or'): boolean {
  scan.skipSpace();
  if (operatorNamed(scan.peekWord()) !== operator) return false;
  scan.word();
  return true;
}

const part = (scan: Scanner, depth: number): Filter => {
  const found = wordOrPart(scan, depth);
  return typeof found === 'string' ? { text: found } : found;
};

/** A part; a bare word as it stands. */
function wordOrPart(scan: Scanner, depth: number): Filter | string {
  scan.skipSpace();
  if (depth > DEEPEST) throw new FilterParseError(scan.position, 1, 'too-deep');
  const start = scan.position;
  if (scan.take('(')) {
    const inner = any(scan, depth + 1);
    if (!scan.take(')'))
      throw new FilterParseError(start, scan.text.length - start, 'unclosed-parenthesis', [')']);
    return inner;
  }
  if (/^[-!]\S/.test(scan.text.slice(start, start + 2))) {
    scan.position++;
    return not(part(scan, depth + 1));
  }
  if (scan.atQuote) return { text: scan.quoted().text };
  const word = scan.word();
  if (!word)
    throw new FilterParseError(start, scan.done ? 0 : 1, scan.done ? 'expected-clause' : 'unexpected');
  const operator = operatorNamed(word.text);
  if (operator === 'not') return not(part(scan, depth + 1));
  if (operator) throw new FilterParseError(start, word.text.length, 'expected-clause');
  if (word.text === '*') return ALL;
  return clause(scan, word) ?? scan.text.slice(start, scan.position);
}

type Sign = ':' | Comparison;

/** The clause that a word begins, or null when the word is only a word. */
function clause(scan: Scanner, word: Piece): Filter | null {
  const negated = word.text.endsWith('!') && scan.next === '=';
  const name = negated ? word.text.slice(0, -1) : word.text;
  const sign = takeSign(scan, fieldNamed(name, scan.subject) !== undefined);
  if (!sign) return null;
  if (!/^\p{L}/u.test(name)) {
    scan.restOfWord();
    return null;
  }
  const said = clauseOf(scan, { ...word, text: name }, sign);
  return negated ? not(said) : said;
}

/** A sign directly after the word; after the name of a field also behind a space, except the colon. */
function takeSign(scan: Scanner, afterField: boolean): Sign | null {
  const before = scan.position;
  if (scan.take(':')) return ':';
  if (afterField) scan.skipSpace();
  for (const sign of ['>=', '<=', '>', '<'] as const) if (scan.take(sign)) return sign;
  if (scan.take('=')) return ':';
  scan.position = before;
  return null;
}

function clauseOf(scan: Scanner, name: Piece, sign: Sign): Filter {
  const existence = existenceNamed(name.text);
  if (existence !== undefined && sign === ':') {
    const field = scan.value(existenceField(scan.subject), 'unknown-field', EXISTENCE_FIELDS[scan.subject]);
    return { field, exists: existence };
  }
  if (isTextWord(name.text) && sign === ':') {
    return or(...list(scan, () => ({ text: scan.value(verbatim, 'expected-value', []) })));
  }
  const field = fieldNamed(name.text, scan.subject);
  const known = USER_FIELDS[scan.subject];
  if (!field) throw new FilterParseError(name.start, name.text.length, 'unknown-field', known);
  if (!FIELDS[field].userFilterable) {
    throw new FilterParseError(name.start, name.text.length, 'field-not-filterable', known);
  }
  if (sign !== ':') return compared(scan, field, sign);
  return or(...list(scan, () => equal(scan, field)));
}

function list(scan: Scanner, value: () => Filter): Filter[] {
  const filters = [value()];
  while (scan.take(',')) filters.push(value());
  return union(filters);
}

/** The listed values of one field are one clause. */
function union(filters: Filter[]): Filter[] {
  const sets = filters.filter((filter): filter is SetClause => 'in' in filter);
  const [first] = sets;
  if (!first) return filters;
  const rest = filters.filter((filter) => !('in' in filter));
  return [{ field: first.field, in: sets.flatMap((set) => set.in) }, ...rest];
}

function equal(scan: Scanner, field: FieldName): Filter {
  const { kind, values } = fieldOf(field);
  if (kind === 'time')
    return timely(scan, () => ({
      field: field as TimeField,
      ...scan.value(parseSpan, 'unknown-time', TIME_EXAMPLES),
    }));
  // What can only be there or not has no values: «есть:долг».
  if (kind === 'flag') return scan.value((): Filter | undefined => undefined, 'unknown-value', [field]);
  const set = field as SetField;
  if (!values) return { field: set, in: [scan.value(verbatim, 'unknown-value', [])] };
  const named = (phrase: string): Filter | undefined => {
    if (field === 'due' && namesAbsence(phrase)) return { field, exists: false };
    const codes = valuesNamed(set, phrase);
    if (codes) return { field: set, in: codes };
    // «срок» is both the state of a deadline and its time; the value tells which is meant.
    const span = field === 'due' ? parseSpan(phrase) : undefined;
    return span && { field: 'dueAt', ...span };
  };
  return timely(scan, () => scan.value(named, 'unknown-value', values));
}

/** @throws FilterParseError `year` for a date that no event can have. */
function timely<F extends Filter>(scan: Scanner, read: () => F): F {
  scan.skipSpace();
  const start = scan.position;
  const filter = read();
  const bounds =
    'field' in filter && !('in' in filter) && !('exists' in filter) ? [filter.from, filter.to] : [];
  if (bounds.some((bound) => typeof bound === 'string' && !isTimely(bound)))
    throw new FilterParseError(start, scan.position - start, 'year');
  return filter;
}

/** Ids and texts are not looked up; bare, they end at a space. */
const verbatim = (phrase: string, quoted: boolean): string | undefined =>
  phrase !== '' && (quoted || !/\s/.test(phrase)) ? phrase : undefined;

function compared(scan: Scanner, name: FieldName, sign: Comparison): Filter {
  const { kind, ordered, values = [] } = fieldOf(name);
  if (kind === 'time' || name === 'due') {
    return timely(scan, () => ({
      field: name === 'due' ? 'dueAt' : (name as TimeField),
      ...scan.value((phrase) => parseComparison(sign, phrase), 'unknown-time', TIME_EXAMPLES),
    }));
  }
  if (!ordered) throw new FilterParseError(scan.position - sign.length, sign.length, 'not-comparable', [':']);
  const [code] = scan.value((phrase) => valuesNamed(name, phrase), 'unknown-value', values);
  const at = values.indexOf(code as string);
  const kept = {
    '>=': values.slice(at),
    '>': values.slice(at + 1),
    '<=': values.slice(0, at + 1),
    '<': values.slice(0, at),
  }[sign];
  return kept.length > 0 ? { field: name as SetField, in: [...kept] } : NONE;
}

const existenceField =
  (of: Subject) =>
  (phrase: string): ExistsField | undefined => {
    const named = fieldNamed(phrase, of);
    const field = named === 'dueAt' ? 'due' : named;
    return field && EXISTENCE_FIELDS[of].includes(field) ? (field as ExistsField) : undefined;
  };
