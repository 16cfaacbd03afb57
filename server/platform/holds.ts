import { isDeepStrictEqual } from 'node:util';

/** Whether a record says already what these fields would make of it: what is asked for again after a lost answer. */
export const holds = <T extends object>(record: T, fields: Partial<T>): boolean =>
  (Object.keys(fields) as (keyof T)[]).every(
    (name) => fields[name] === undefined || isDeepStrictEqual(record[name], fields[name]),
  );
