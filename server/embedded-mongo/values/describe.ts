import { type Document, EJSON } from 'bson';

/** A value as text for an error message: relaxed extended JSON, cut to a readable length. */
export function describe(value: unknown): string {
  const text = EJSON.stringify(value as Document) ?? 'undefined';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
