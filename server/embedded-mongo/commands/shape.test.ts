import { type Document, Double, Int32 } from 'bson';
import fc from 'fast-check';
import { decode, encode } from '../bson/raw.ts';
import { compileProjection } from '../query/projection.ts';
import { Found } from '../storage/records.ts';
import { anyDocument, anyName, runs } from '../test/arbitraries.ts';
import { shapeOf } from './shape.ts';

const found = (document: Document) => new Found(1, encode({ _id: new Int32(7), ...document }));
const shaped = (projection: Document, document: Document) => decode(shapeOf(projection)(found(document)));

describe(shapeOf.name, () => {
  it('leaves fields out, or keeps some, as the projection of the decoded document does', () => {
    const anyFlags = fc
      .constantFrom(new Int32(0), new Int32(1), new Double(0), true, false)
      .chain((flag) =>
        fc
          .uniqueArray(fc.oneof(anyName, fc.constant('_id')), { minLength: 1, maxLength: 4 })
          .map((names) => Object.fromEntries(names.map((name) => [name, flag])) as Document),
      );
    fc.assert(
      fc.property(anyFlags, anyDocument, (projection, document) => {
        const whole = found(document);
        const bytes = shapeOf(projection)(whole);
        expect(bytes).toEqual(encode(compileProjection(projection)(whole.document)));
      }),
      runs(2_000),
    );
  });

  it('does not touch a document that has none of what is left out', () => {
    const whole = found({ a: new Int32(1) });
    expect(shapeOf({ b: new Int32(0) })(whole)).toBe(whole.bytes);
  });

  it('works on the decoded document for everything else', () => {
    const document = { a: { b: new Int32(1), c: new Int32(2) }, d: new Int32(3) };
    expect(shaped({ 'a.b': new Int32(0) }, document)).toMatchObject({ a: { c: new Int32(2) } });
    expect(shaped({ _id: new Int32(0), d: new Int32(1) }, document)).toEqual({ d: new Int32(3) });
  });
});
