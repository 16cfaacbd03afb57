import { type Document } from 'bson';
import { badValue, failedToParse } from '../errors.ts';
import { compileFilter } from '../query/match.ts';
import { describe } from '../values/describe.ts';
import { type ValueTest } from '../values/paths.ts';
import { isDocument } from '../values/types.ts';

/** Tests of array elements by the identifier of `$[identifier]`. */
export interface ArrayFilters {
  has(identifier: string): boolean;
  /** The test; undefined for the empty identifier of `$[]`, which takes every element. */
  get(identifier: string): ValueTest | undefined;
  /** @throws 9 if a filter belongs to none of these path parts */
  assertAllUsed(parts: string[]): void;
}

/** @throws 2, 9 as MongoDB does for filters that do not name exactly one identifier. */
export function compileArrayFilters(filters: readonly Document[], update: Document): ArrayFilters {
  const tests = new Map<string, ValueTest>();
  for (const filter of filters) {
    if (!isDocument(filter)) throw failedToParse('Each array filter must be an object');
    const identifiers = [...new Set(identifiersOf(filter))];
    const [identifier] = identifiers;
    if (identifier === undefined) {
      throw failedToParse('Cannot use an expression without a top-level field name in arrayFilters');
    }
    if (identifiers.length > 1) {
      throw failedToParse(
        `Error parsing array filter :: caused by :: Expected a single top-level field name, found '${identifier}' and '${identifiers[1]}'`,
      );
    }
    if (!/^[a-z][a-zA-Z0-9]*$/.test(identifier)) {
      throw badValue(
        `Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${identifier}'`,
      );
    }
    if (tests.has(identifier)) {
      throw failedToParse(`Found multiple array filters with the same top-level field name ${identifier}`);
    }
    const test = compileFilter(filter);
    tests.set(identifier, (value) => test({ [identifier]: value }));
  }
  return {
    has: (identifier) => tests.has(identifier),
    get: (identifier) => tests.get(identifier),
    assertAllUsed(parts) {
      for (const identifier of tests.keys()) {
        if (!parts.includes(`$[${identifier}]`)) {
          throw failedToParse(
            `The array filter for identifier '${identifier}' was not used in the update ${describe(update)}`,
          );
        }
      }
    },
  };
}

function identifiersOf(filter: Document): string[] {
  return Object.keys(filter).flatMap((name) => {
    if (!name.startsWith('$')) return [name.split('.')[0] as string];
    const clauses = filter[name];
    return Array.isArray(clauses)
      ? clauses.flatMap((clause) => (isDocument(clause) ? identifiersOf(clause) : []))
      : [];
  });
}
