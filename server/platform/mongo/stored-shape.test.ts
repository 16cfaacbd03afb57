import { Schema } from 'mongoose';
import { z } from 'zod';
import { type StoredShape, storedTypes, wireOf } from './stored-shape.ts';

const ThingSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  kinds: z.array(z.enum(['one', 'two'])),
  at: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  maker: z.strictObject({ by: z.string().nullable() }),
  end: z.strictObject({ at: z.iso.datetime(), code: z.string().optional() }).nullable(),
  free: z.looseObject({}),
});
type Doc = StoredShape<typeof ThingSchema.shape> & { _id: string };

const at = new Date('2026-11-27T09:00:00.000Z');
const doc: Doc = {
  _id: 'a',
  name: 'Дверь',
  kinds: ['one'],
  at,
  endedAt: null,
  maker: { by: null },
  end: { at },
  free: { any: { thing: 1 } },
};
const wire = wireOf(ThingSchema);

describe(wireOf.name, () => {
  it('makes of a document what its contract says', () => {
    const made = wire(doc);
    expect(ThingSchema.parse(made)).toEqual(made);
    expect(made).toEqual({
      id: 'a',
      name: 'Дверь',
      kinds: ['one'],
      at: at.toISOString(),
      endedAt: null,
      maker: { by: null },
      end: { at: at.toISOString() },
      free: { any: { thing: 1 } },
    });
  });

  it('hides what is not named there, inside of a part too', () => {
    const more = { ...doc, secret: 1, maker: { by: null, secret: 1 }, end: { at, code: 'x', secret: 1 } };
    const made = wire(more);
    expect(JSON.stringify(made)).not.toContain('secret');
    expect(made.end).toEqual({ at: at.toISOString(), code: 'x' });
  });

  it('takes for null what an older document lacks', () => {
    const { endedAt, ...older } = doc;
    expect(endedAt).toBeNull();
    expect(wire(older as Doc).endedAt).toBeNull();
  });
});

describe(storedTypes.name, () => {
  it('names the types that mongoose writes', () => {
    expect(storedTypes(ThingSchema.shape)).toEqual({
      name: String,
      kinds: [String],
      at: Date,
      endedAt: Date,
      maker: { by: String },
      end: Schema.Types.Mixed,
      free: Schema.Types.Mixed,
    });
  });
});
