import { Double, Int32 } from 'bson';
import { encode } from '../bson/raw.ts';
import { decodeEntry, encodeEntry, entryIn, type NewEntry } from './entry.ts';

const WHEN = new Date('2026-03-01T09:30:00.123Z');
const where = { db: 'svodka', collection: 'events', collectionId: 7 };
const [was, is] = [encode({ _id: 'a', n: new Int32(1) }), encode({ _id: 'a', n: new Int32(2) })];
const updateDescription = {
  updatedFields: { n: new Int32(2), 'payload.share': new Double(0.5) },
  removedFields: ['dueAt'],
  truncatedArrays: [],
};

describe('an entry of the change log', () => {
  it.each<NewEntry>([
    { ...where, operation: 'insert', id: 'a', after: is },
    { ...where, operation: 'update', id: 'a', updateDescription, before: was, after: is },
    { ...where, operation: 'update', id: 'a', updateDescription },
    { ...where, operation: 'replace', id: 'a', before: was, after: is },
    { ...where, operation: 'delete', id: new Int32(5), before: was },
    { ...where, operation: 'drop' },
    { operation: 'dropDatabase', db: 'svodka', collection: '', collectionId: 0 },
  ])('is remembered as it will be read from the disk: %p', (made) => {
    const value = encodeEntry(made, WHEN);
    const kept = entryIn(value, made, 5n, WHEN);
    expect(kept).toEqual(decodeEntry(5n, value));
    for (const image of [kept.before, kept.after]) if (image) expect(image.buffer).toBe(value.buffer);
  });
});
