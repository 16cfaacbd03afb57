import { isId, newId } from './id.ts';

describe(newId, () => {
  it('makes ids that are all different and sort by their moment, across what was drawn together', () => {
    const moments = Array.from({ length: 5_000 }, (_, i) => 1_773_500_000_000 + i * 7_919);
    const ids = moments.map((moment) => newId(moment));
    expect(ids.every(isId)).toBe(true);
    expect(new Set(ids.map((id) => id.slice(14))).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(ids.map((id) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16))).toEqual(moments);
  });
});
