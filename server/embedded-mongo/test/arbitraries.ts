import {
  Binary,
  BSONRegExp,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import fc from 'fast-check';
import { setField } from '../values/types.ts';

/** Runs of a property: a tenth of the deep test's. */
export const runs = (deep: number): { numRuns: number } => ({
  numRuns: process.env.SVODKA_DEEP ? deep : Math.ceil(deep / 10),
});

// Random BSON for the property tests of this room. Small pools, so that equal and near values are common.

/** Any number of the three types, with the borders between them. */
export const anyNumber = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map((n) => new Int32(n)),
  fc.integer().map((n) => new Int32(n)),
  fc.integer({ min: -3, max: 3 }).map((n) => new Double(n)),
  fc.double().map((n) => new Double(n)),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((n) => Long.fromBigInt(n)),
  fc.bigInt(2n ** 53n - 4n, 2n ** 53n + 4n).map((n) => Long.fromBigInt(n)),
  fc.integer({ min: -4, max: 4 }).map((n) => new Double(2 ** 53 + n)),
);

/** Short well-formed strings, some of them only a surrogate or a zero apart. */
export const anyString = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'ab', 'a\0', 'a\0b', '\uffff', '\u{10000}', 'ё'),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

const anyScalar = fc.oneof(
  { weight: 4, arbitrary: anyNumber },
  { weight: 3, arbitrary: anyString },
  fc.constantFrom(null, true, false),
  fc.constantFrom(new MinKey(), new MaxKey()),
  fc.date({ noInvalidDate: true }),
  fc.constantFrom(new Date(0), new Date(1), new Date(-1)),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
  fc
    .tuple(fc.uint8Array({ maxLength: 4 }), fc.constantFrom(0, 5, 128))
    .map(([bytes, subtype]) => new Binary(Buffer.from(bytes), subtype)),
  fc.tuple(fc.nat(0xffffffff), fc.nat(3)).map(([t, i]) => new Timestamp({ t, i })),
  fc
    .tuple(fc.constantFrom('a', 'a.*', '^a'), fc.constantFrom('', 'i', 'im'))
    .map(([p, o]) => new BSONRegExp(p, o)),
);

/** Field names, among them those that hurt careless JavaScript. */
export const anyName = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', '0', '1');

const fields = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Document> =>
  fc.array(fc.tuple(anyName, value), { maxLength: 3 }).map((entries) => {
    const document: Document = {};
    for (const [name, item] of entries) setField(document, name, item);
    return document;
  });

const { tree } = fc.letrec<{ tree: unknown; list: unknown[]; document: Document }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3, depthSize: 'small' }, anyScalar, tie('document'), tie('list')),
  list: fc.array(tie('tree'), { maxLength: 3 }),
  document: fields(tie('tree')),
}));

/** Any BSON value, nested up to three deep. */
export const anyValue: fc.Arbitrary<unknown> = tree;
/** A document of such values. */
export const anyDocument: fc.Arbitrary<Document> = fields(anyValue);
