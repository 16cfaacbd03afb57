import type { Document } from 'bson';
import { FieldPicker } from '../bson/raw.ts';
import type { Image } from '../changelog/event.ts';
import { MongoError } from '../errors.ts';
import { compileFilter } from '../query/match.ts';
import { chain, compileTransform, isTransform, stageOf, type Transform } from './transforms.ts';

/**
 * The stages behind `$changeStream`. Most streams choose by what happened to what, and leave fields out: both is done
 * on the bytes, and nothing of a document is decoded for it.
 */
export interface StreamStages {
  /** Whether an event passes the first stages, as far as they look at nothing but its head. */
  passes: (head: Document) => boolean;
  /** What the stages behind those leave out: fields of the head, and of the images. */
  without: { head: string[]; images: Partial<Record<Image, FieldPicker>> };
  /** All other stages; they see what is left. */
  rest: Transform | undefined;
}

const IMAGES = new Set<string>(['fullDocument', 'fullDocumentBeforeChange'] satisfies Image[]);

/** @throws MongoError 20 for stages that a change stream does not permit */
export function compileStreamStages(stages: readonly Document[]): StreamStages {
  const compiled = stages.map((stage) => {
    const { name, spec } = stageOf(stage);
    if (!isTransform(name))
      throw new MongoError('IllegalOperation', `${name} is not permitted in a $changeStream pipeline`);
    return { name, spec, transform: compileTransform(stage) };
  });
  let at = 0;
  const filters: Document[] = [];
  for (; compiled[at]?.name === '$match' && looksAtHeadOnly(compiled[at]?.spec as Document); at++)
    filters.push(compiled[at]?.spec as Document);
  const head: string[] = [];
  const fields: Record<string, string[]> = {};
  for (; compiled[at]?.name === '$unset'; at++) {
    const paths = [compiled[at]?.spec].flat().map((path) => String(path).split('.'));
    if (!paths.every(isPlain)) break;
    for (const [name, field] of paths as [string, string?][]) {
      if (field === undefined) head.push(name);
      else fields[name] = [...(fields[name] ?? []), field];
    }
  }
  const rest = compiled.slice(at).map(({ transform }) => transform);
  return {
    passes: filters.length === 0 ? () => true : compileFilter({ $and: filters }),
    without: {
      head,
      images: Object.fromEntries(
        Object.entries(fields).map(([image, names]) => [image, new FieldPicker(names)]),
      ),
    },
    rest: rest.length === 0 ? undefined : chain(rest),
  };
}

/** A field of the head, or of an image. */
const isPlain = ([name = '', field, ...deeper]: string[]): boolean =>
  deeper.length === 0 && (field === undefined ? name !== '_id' && !IMAGES.has(name) : IMAGES.has(name));

function looksAtHeadOnly(filter: Document): boolean {
  return Object.entries(filter).every(([name, value]) => {
    if (name === '$and' || name === '$or' || name === '$nor')
      return (value as Document[]).every(looksAtHeadOnly);
    return !name.startsWith('$') && !IMAGES.has(name.split('.')[0] as string);
  });
}
