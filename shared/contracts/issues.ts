import type { Locale } from './common.ts';
import type { ErrorDetail } from './errors.ts';

/** A detail with what its wording needs: numbers, or its own words in a language. Both stay on this side of the wire. */
export type Reason = ErrorDetail & {
  params?: Record<string, string | number>;
  say?: (locale: Locale) => string;
};

/** What zod says of one fault, as far as we read it. */
type Issue = {
  code?: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[];
  message: string;
  input?: unknown;
  expected?: string;
  format?: string;
  origin?: string;
  minimum?: number | bigint;
  maximum?: number | bigint;
  keys?: string[];
  values?: unknown[];
  errors?: Issue[][];
  issues?: Issue[];
};

/** More faults than anybody reads; the rest is not listed. */
const MOST = 50;
const STABLE = /^[a-z][a-z0-9-]*$/;
/** Formats whose name is the reason. */
const FORMATS = ['email', 'date', 'datetime'];

const dotted = (path: Issue['path'] = []) =>
  path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');

function tooSmall({ origin, minimum }: Issue): Reason {
  const params = { min: Number(minimum) };
  if (origin === 'string')
    return params.min === 1 ? { field: '', reason: 'empty' } : { field: '', reason: 'too-short', params };
  if (origin === 'array' || origin === 'set') return { field: '', reason: 'too-few', params };
  return { field: '', reason: 'too-low', params };
}

function tooBig({ origin, maximum }: Issue): Reason {
  const params = { max: Number(maximum) };
  if (origin === 'string') return { field: '', reason: 'too-long', params };
  if (origin === 'array' || origin === 'set') return { field: '', reason: 'too-many', params };
  return { field: '', reason: 'too-high', params };
}

/** Of a union's branches, the one that fits best: fewest faults, and not a wrong type at the very top. */
function nearest(branches: Issue[][]): Issue[] {
  const cost = (branch: Issue[]) =>
    branch.reduce(
      (sum, { code, path, keys }) =>
        sum + (code === 'invalid_type' && !path?.length ? 100 : 1) + (keys?.length ?? 0) * 2,
      0,
    );
  return [...branches].sort((a, b) => cost(a) - cost(b))[0] ?? [];
}

function* reasonsOf(issue: Issue): Generator<Reason> {
  const field = dotted(issue.path);
  const at = (reason: Reason): Reason => ({ ...reason, field });
  switch (issue.code) {
    case 'invalid_type':
      // zod words a missing value as one of type undefined; the input itself is not kept
      if (STABLE.test(issue.message)) yield at({ field, reason: issue.message });
      else yield at({ field, reason: /received undefined/.test(issue.message) ? 'required' : 'type' });
      return;
    case 'unrecognized_keys':
      for (const key of issue.keys ?? [])
        yield { field: [field, key].filter(Boolean).join('.'), reason: 'unknown-field' };
      return;
    case 'too_small':
      yield at(tooSmall(issue));
      return;
    case 'too_big':
      yield at(tooBig(issue));
      return;
    case 'invalid_value':
      yield at({ field, reason: 'choice', expected: (issue.values ?? []).slice(0, 100).map(String) });
      return;
    case 'invalid_union': {
      const best = nearest(issue.errors ?? []);
      if (best.length === 0) yield at({ field, reason: 'choice' });
      for (const inner of best)
        yield* reasonsOf({ ...inner, path: [...(issue.path ?? []), ...(inner.path ?? [])] });
      return;
    }
    case 'invalid_key':
    case 'invalid_element':
      yield at({
        field,
        reason: issue.issues?.[0] && STABLE.test(issue.issues[0].message) ? issue.issues[0].message : 'key',
      });
      return;
    default: {
      if (STABLE.test(issue.message)) yield at({ field, reason: issue.message });
      else if (issue.format && FORMATS.includes(issue.format)) yield at({ field, reason: issue.format });
      else yield at({ field, reason: 'form' });
    }
  }
}

/** What a schema refused, as stable reasons: which field, why, and the numbers of the limit. */
export function reasonsFrom(issues: readonly unknown[]): Reason[] {
  const reasons: Reason[] = [];
  for (const issue of issues) {
    for (const reason of reasonsOf(issue as Issue)) {
      reasons.push(reason);
      if (reasons.length === MOST) return reasons;
    }
  }
  return reasons;
}
