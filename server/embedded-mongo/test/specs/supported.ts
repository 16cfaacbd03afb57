/**
 * Which of MongoDB's tests the store owes an answer to: those that ask for nothing but what its README lists under
 * «What it speaks». What such a test is refused is a failure; the others are not run.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from 'mongodb';
import type { SpecFile, SpecTest } from './runner.ts';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const speaks = readme.slice(readme.indexOf('## What it speaks'), readme.indexOf('## What it refuses'));
const OPERATORS = new Set(speaks.match(/\$[a-zA-Z]+/g));

/** Operations that send a command which is not there. */
const OPERATIONS =
  /SearchIndex|^clientBulkWrite$|^rename$|^listDatabase|^runCursorCommand$|^mapReduce$|Transaction$/i;
/** Options that change an answer, and are refused; of a collection, those that make it no plain one. */
const OPTIONS = new Set(
  'let arrayFilters collation min max returnKey showRecordId capped viewOn validator timeseries clusteredIndex expireAfterSeconds encryptedFields showExpandedEvents index'.split(
    ' ',
  ),
);
/** What is stored is data, whatever its fields are called. */
const DATA = new Set(['document', 'documents', 'replacement']);
/** Stages that an update may have. */
const OF_UPDATES = new Set(['$set', '$addFields', '$unset']);

/** What a test asks for that the store does not speak; undefined: it is owed an answer. */
export function beyond(file: SpecFile, test: SpecTest): string | undefined {
  for (const { createOptions } of file.initialData ?? [])
    for (const option of Object.keys(createOptions ?? {})) if (OPTIONS.has(option)) return option;
  for (const operation of test.operations) {
    if (OPERATIONS.test(operation.name)) return operation.name;
    const found = beyondIn(operation.arguments ?? {});
    if (found) return found;
  }
  return undefined;
}

function beyondIn(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = beyondIn(item);
      if (found) return found;
    }
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value as Document)) {
    // What begins with two of them is a word of the test format.
    if (DATA.has(name) || name.startsWith('$$')) continue;
    if (OPTIONS.has(name) || (name.startsWith('$') && !OPERATORS.has(name))) return name;
    const stages = name === 'update' && Array.isArray(inner) ? (inner as Document[]) : [];
    for (const stage of stages)
      for (const operator of Object.keys(stage)) if (!OF_UPDATES.has(operator)) return operator;
    const found = beyondIn(inner);
    if (found) return found;
  }
  return undefined;
}
