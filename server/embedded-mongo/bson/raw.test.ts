import type { Document } from 'bson';
import fc from 'fast-check';
import { anyDocument, anyString, runs } from '../test/arbitraries.ts';
import { checkDocument } from './check.ts';
import { changedFields, decode, encode, FieldPicker, wrapArray } from './raw.ts';

describe(FieldPicker.name, () => {
  it('decodes the fields that it picks as the codec does, lists of strings too', () => {
    const anyLists = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.array(anyString), {
      noNullPrototype: false,
    });
    fc.assert(
      fc.property(anyDocument, anyLists, fc.subarray(['a', 'b', 'c', '__proto__']), (plain, lists, names) => {
        const bytes = encode({ ...plain, ...lists });
        const picker = new FieldPicker(names);
        const byCodec = decode(picker.pick(bytes));
        const picked = picker.decode(bytes);
        expect(Object.keys(picked).sort()).toEqual(Object.keys(byCodec).sort());
        for (const name of Object.keys(byCodec)) expect(picked[name]).toEqual(byCodec[name]);
      }),
      runs(2_000),
    );
  });

  it('refuses bytes whose lengths cannot be', () => {
    const bytes = encode({ a: ['b'] });
    for (const at of [7, 14]) {
      const broken = Buffer.from(bytes);
      broken.writeInt32LE(200, at);
      expect(() => new FieldPicker(['a']).decode(broken)).toThrow('invalid BSON');
    }
  });
});

describe(changedFields.name, () => {
  it('names the fields that came, went or became others, wherever they stand', () => {
    const bytesOf = (document: Document, name: string) =>
      Object.hasOwn(document, name) ? encode({ [name]: document[name] }).toString('latin1') : '';
    const both = fc.record({ a: anyDocument, b: anyDocument, c: anyDocument }, { requiredKeys: [] });
    fc.assert(
      fc.property(both, both, fc.boolean(), (before, over, isTurned) => {
        const entries = Object.entries({ ...before, ...over });
        const after = Object.fromEntries(isTurned ? entries.reverse() : entries);
        const differ = ['a', 'b', 'c'].filter((name) => bytesOf(before, name) !== bytesOf(after, name));
        expect([...changedFields(encode(before), encode(after))].sort()).toEqual(differ);
        expect([...changedFields(encode(after), encode(before))].sort()).toEqual(differ);
      }),
      runs(2_000),
    );
  });
});

describe(checkDocument.name, () => {
  it('lets every document pass, and nothing that the codec cannot decode', () => {
    fc.assert(
      fc.property(
        anyDocument,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
        (document, changes) => {
          const bytes = encode(document);
          checkDocument(bytes);
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          try {
            checkDocument(bytes);
          } catch {
            return;
          }
          decode(bytes);
        },
      ),
      runs(20_000),
    );
  });
});

describe(wrapArray.name, () => {
  it('makes the bytes that the codec makes of the whole', () => {
    fc.assert(
      fc.property(anyDocument, fc.array(anyDocument, { maxLength: 120 }), (fields, documents) => {
        const bytes = wrapArray(
          'cursor',
          encode(fields),
          'nextBatch',
          documents.map(encode),
          encode({ ok: 1 }),
        );
        expect(bytes.equals(encode({ cursor: { ...fields, nextBatch: documents }, ok: 1 }))).toBe(true);
      }),
      runs(300),
    );
  });
});
