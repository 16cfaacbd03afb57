import { Schema } from 'mongoose';
import { z } from 'zod';

/** A part of a contract as the store keeps it: moments are dates, all else is as it travels. */
type Stored<S> = S extends z.ZodISODateTime
  ? Date
  : S extends z.ZodNullable<infer Inner>
    ? Stored<Inner> | null
    : S extends z.ZodType
      ? S extends z.ZodObject<infer Shape>
        ? StoredShape<Shape>
        : z.output<S>
      : never;

type Optional<Shape> = { [N in keyof Shape]: Shape[N] extends z.ZodOptional ? N : never }[keyof Shape];

/** The fields of a document whose contract has this shape; what is hidden and the `_id` come on top. */
export type StoredShape<Shape> = { [N in Exclude<keyof Shape, Optional<Shape> | 'id'>]: Stored<Shape[N]> } & {
  [N in Optional<Shape>]?: Shape[N] extends z.ZodOptional<infer Inner> ? Stored<Inner> : never;
};

const innerOf = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodNullable || schema instanceof z.ZodOptional
    ? innerOf(schema.unwrap() as z.ZodType)
    : schema;

/** An object of which no field is left open. */
const isClosed = (schema: z.ZodType): schema is z.ZodObject =>
  schema instanceof z.ZodObject && schema.def.catchall instanceof z.ZodNever;

function typeOf(schema: z.ZodType): unknown {
  const inner = innerOf(schema);
  if (inner instanceof z.ZodISODateTime) return Date;
  if (inner instanceof z.ZodString || inner instanceof z.ZodEnum) return String;
  if (inner instanceof z.ZodNumber) return Number;
  if (inner instanceof z.ZodBoolean) return Boolean;
  if (inner instanceof z.ZodArray) {
    const element = inner.element as z.ZodType;
    // A list of things is kept as it travels.
    return [isClosed(element) ? Schema.Types.Mixed : typeOf(element)];
  }
  // What may be null is no subdocument: mongoose would make an empty one of it.
  return isClosed(inner) && inner === schema ? storedTypes(inner.shape) : Schema.Types.Mixed;
}

/** The mongoose types of the fields of a contract. */
export function storedTypes(shape: z.ZodRawShape): Record<string, unknown> {
  const { id, ...rest } = shape;
  return Object.fromEntries(
    Object.entries(rest).map(([name, schema]) => [name, typeOf(schema as z.ZodType)]),
  );
}

type Writer = (value: never) => unknown;

function writerOf(schema: z.ZodType): Writer | null {
  const inner = innerOf(schema);
  const write: Writer | null =
    inner instanceof z.ZodISODateTime
      ? (date: Date) => date.toISOString()
      : isClosed(inner)
        ? objectWriter(inner)
        : null;
  if (inner === schema) return write;
  const isOptional = schema instanceof z.ZodOptional;
  // What an older document lacks, it has not.
  return (value: unknown) => {
    if (value === null || value === undefined) return isOptional ? undefined : null;
    return write ? write(value as never) : value;
  };
}

function objectWriter(schema: z.ZodObject): (doc: Record<string, unknown>) => Record<string, unknown> {
  const fields = Object.entries(schema.shape).map(([name, field]) => ({
    name,
    from: name === 'id' ? '_id' : name,
    write: writerOf(field as z.ZodType) as ((value: unknown) => unknown) | null,
    isOptional: field instanceof z.ZodOptional,
  }));
  return (doc) => {
    const out: Record<string, unknown> = {};
    for (const { name, from, write, isOptional } of fields) {
      const value = doc[from];
      if (isOptional && value === undefined) continue;
      out[name] = write ? write(value) : value;
    }
    return out;
  };
}

/**
 * Makes of a document what its contract says, and nothing else: a field that is not named there is hidden.
 * The shape of the contract is looked through once, here.
 */
export function wireOf<S extends z.ZodObject>(
  schema: S,
): (doc: StoredShape<S['shape']> & { _id: unknown }) => z.output<S> {
  return objectWriter(schema) as never;
}
