import { type ResolvedFilter } from '@svodka/shared/filter/ast';
import { canonical } from '@svodka/shared/filter/canonical';
import { fieldOf } from '@svodka/shared/filter/fields';
import { COMMON, type IndexedField, indexNamed, ORDERED_BY, SPARSE, WITH_FILES } from './event.schema.ts';

/** One ordered walk along an index: all events, or those whose field has one of some values. */
export type Walk = {
  index: string;
  equality: Record<string, string | { $in: string[] } | { $exists: true }>;
};

/** How a list is read. Everything else of the filter is asked of what the walks bring. */
export type AccessPath =
  | { kind: 'nothing' }
  /** By id; at most a hundred of them. */
  | { kind: 'ids'; ids: string[] }
  /**
   * Walks whose union holds every match, merged in order. `isFiltered`: most of what they bring may be refused, so
   * they end after a bounded number of keys. `share`: about how much of everything they bring. `texts`: what is looked
   * for; the words that answer it may lead there more directly. `isText`: and nothing else is asked. `within`: where
   * in the order of the list every walk begins and ends.
   */
  | {
      kind: 'walks';
      walks: Walk[];
      isFiltered: boolean;
      isDisjoint: boolean;
      share: number;
      texts: Extract<ResolvedFilter, { text: string }>[];
      isText: boolean;
      within: ResolvedFilter[];
    };

const MOST_WALKS = 20;
/** Values that one walk follows at once; MongoDB merges that many. */
const MOST_VALUES = 200;
/** Walks that would bring more than this share of everything are no better than walking everything. */
const WORTH = 0.5;

type Candidate = { walks: Walk[]; share: number; isDisjoint: boolean };

const everything: Candidate = {
  walks: [{ index: indexNamed(null), equality: {} }],
  share: 1,
  isDisjoint: true,
};

/** Few events carry a file. */
const withFiles: Candidate = {
  walks: [{ index: WITH_FILES, equality: { attachments: { $exists: true } } }],
  share: 0.05,
  isDisjoint: true,
};

const isIndexed = (path: string): path is IndexedField =>
  ([...SPARSE, ...ORDERED_BY] as readonly string[]).includes(path);

/** The walks that hold everything a clause can match; null: no index helps. */
function candidateOf(clause: ResolvedFilter): Candidate | null {
  if ('and' in clause) return cheapest(clause.and);
  if ('or' in clause) {
    const parts = clause.or.map(candidateOf);
    if (parts.length === 0 || parts.some((part) => part === null)) return null;
    const found = parts as Candidate[];
    return {
      walks: found.flatMap(({ walks }) => walks),
      share: found.reduce((sum, { share }) => sum + share, 0),
      isDisjoint: false,
    };
  }
  if ('exists' in clause && clause.field === 'files' && clause.exists) return withFiles;
  if (!('in' in clause)) return null;
  const { path, share = 1, multi } = fieldOf(clause.field);
  if (!isIndexed(path) || clause.in.length > MOST_VALUES) return null;
  if (clause.in.some((value) => value === COMMON[path]?.value)) return null;
  // Rather than most of everything value by value.
  if (share * clause.in.length > WORTH && !multi) return null;
  return {
    walks: [walkAlong(path, clause.in)],
    share: share * clause.in.length,
    isDisjoint: true,
  };
}

/** The walk over the events whose field has one of the values. */
export function walkAlong(path: IndexedField, values: string[]): Walk {
  const [only] = values;
  const value = values.length === 1 && only !== undefined ? only : { $in: values };
  return { index: indexNamed(path), equality: { [path]: value } };
}

function cheapest(clauses: ResolvedFilter[]): Candidate | null {
  const candidates = clauses
    .map(candidateOf)
    .filter((found): found is Candidate => found !== null && found.walks.length <= MOST_WALKS);
  return candidates.sort((a, b) => a.share - b.share)[0] ?? null;
}

/** Clauses that nearly every event passes: they cannot make a walk long. */
function passesNearlyAll(clause: ResolvedFilter): boolean {
  if ('or' in clause) return clause.or.some(passesNearlyAll);
  if ('not' in clause) return 'field' in clause.not && clause.not.field === 'visibility';
  return 'exists' in clause && clause.field === 'deleted' && !clause.exists;
}

/** Clauses about the time by which lists are ordered: a walk begins and ends there, however much lies before. */
const bounds = (clause: ResolvedFilter): boolean =>
  'field' in clause && clause.field === 'occurred' && !('exists' in clause);

/** Whether a walk's own equality already says what the clause says. */
function isSaidBy(clause: ResolvedFilter, walks: Walk[]): boolean {
  if (!('in' in clause) || walks.length !== 1) return false;
  if (clause.in.some((value) => value === fieldOf(clause.field).needs?.value)) return false;
  const said = walks[0]?.equality[fieldOf(clause.field).path];
  return (
    said !== undefined &&
    !(typeof said === 'object' && '$exists' in said) &&
    (typeof said === 'string' ? [said] : said.$in).every((value) => clause.in.includes(value))
  );
}

/** Chooses how to read the events that match, newest first. */
export function accessPathOf(filter: ResolvedFilter): AccessPath {
  const plain = canonical(filter);
  if ('or' in plain && plain.or.length === 0) return { kind: 'nothing' };
  const clauses = 'and' in plain ? plain.and : [plain];
  for (const clause of clauses)
    if ('in' in clause && clause.field === 'id') return { kind: 'ids', ids: clause.in };
  const best = cheapest(clauses);
  const chosen = best && best.share <= WORTH ? best : everything;
  const rest = clauses.filter(
    (clause) => !bounds(clause) && !passesNearlyAll(clause) && !isSaidBy(clause, chosen.walks),
  );
  return {
    kind: 'walks',
    walks: chosen.walks,
    isFiltered: rest.length > 0,
    isDisjoint: chosen.isDisjoint,
    share: chosen.share,
    texts: clauses.flatMap((clause) => ('text' in clause ? [clause] : [])),
    isText: chosen === everything && rest.every((clause) => 'text' in clause),
    within: clauses.filter(bounds),
  };
}
