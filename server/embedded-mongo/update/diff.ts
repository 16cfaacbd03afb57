import { type Document } from 'bson';
import { identicalValues } from '../values/compare.ts';
import { fieldsOf, getField, isDocument, setField } from '../values/types.ts';
import { type UpdateDescription } from './draft.ts';

/** What changed between two versions of a document, in the form of a change event. */
export function diffDocuments(before: Document, after: Document): UpdateDescription {
  const description: UpdateDescription = { updatedFields: {}, removedFields: [], truncatedArrays: [] };
  diffFields(fieldsOf(before), fieldsOf(after), '', description);
  return description;
}

function diffFields(before: Document, after: Document, prefix: string, out: UpdateDescription): void {
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) out.removedFields.push(prefix + name);
  }
  const kept = Object.keys(before).filter((name) => Object.hasOwn(after, name));
  const order = Object.keys(after).filter((name) => Object.hasOwn(before, name));
  const moved = kept.some((name, i) => name !== order[i]);
  for (const name of Object.keys(after)) {
    const old = getField(before, name);
    // Fields that changed places are written anew: a document's field order is part of its value.
    if (old === undefined || (moved && prefix !== ''))
      setField(out.updatedFields, prefix + name, after[name]);
    else diffValue(old, after[name], prefix + name, out);
  }
}

function diffValue(before: unknown, after: unknown, path: string, out: UpdateDescription): void {
  if (identicalValues(before, after)) return;
  if (isDocument(before) && isDocument(after)) {
    diffFields(fieldsOf(before), fieldsOf(after), `${path}.`, out);
  } else if (Array.isArray(before) && Array.isArray(after) && after.length > 0) {
    if (after.length < before.length) out.truncatedArrays.push({ field: path, newSize: after.length });
    after.forEach((value, i) => {
      if (i < before.length) diffValue(before[i], value, `${path}.${i}`, out);
      else setField(out.updatedFields, `${path}.${i}`, value);
    });
  } else {
    setField(out.updatedFields, path, after);
  }
}
