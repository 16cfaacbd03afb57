import type { Document } from 'bson';
import { encode, FieldPicker } from '../bson/raw.ts';
import { compileProjection } from '../query/projection.ts';
import type { Found } from '../storage/records.ts';
import { isNumber } from '../values/types.ts';

/** What is answered of a document. */
export type Shape = (found: Found) => Buffer;

/**
 * Compiles the projection of a find. One that only leaves top-level fields out, or only keeps some, works on the
 * bytes: decoding and encoding a document costs many times as much.
 * @throws MongoError as `compileProjection` does
 */
export function shapeOf(projection: Document, now?: Date): Shape {
  const project = compileProjection(projection, now);
  const names = Object.keys(projection);
  const isPlain = names.every((name) => !/[.$]/.test(name));
  if (isPlain && names.every((name) => isFlag(projection[name], false))) {
    const picker = new FieldPicker(names);
    return ({ bytes }) => picker.omit(bytes);
  }
  if (isPlain && names.every((name) => isFlag(projection[name], true))) {
    const picker = new FieldPicker(new Set(['_id', ...names]));
    return ({ bytes }) => picker.pick(bytes);
  }
  return (found) => encode(project(found.document));
}

function isFlag(value: unknown, wanted: boolean): boolean {
  if (typeof value === 'boolean') return value === wanted;
  return isNumber(value) && (Number(value) !== 0) === wanted;
}
