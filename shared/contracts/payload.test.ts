import { payloadSchema } from './payload.ts';

const reasonsOf = (type: Parameters<typeof payloadSchema>[0], payload: object) => {
  const { error } = payloadSchema(type).safeParse(payload);
  return error?.issues.map(({ path, message }) => [path.join('.'), message]) ?? [];
};

describe('a phone of a call', () => {
  const read = (from: string) => payloadSchema('call.in').parse({ from }).from;

  it.each([
    ['8\u00a0916\u00a0703-00-01', '8 916 703-00-01'],
    ['8 916 703\u201100\u201101', '8 916 703-00-01'],
    ['+7 916 703–00–01', '+7 916 703-00-01'],
    ['8.916.703.00.01', '8-916-703-00-01'],
    ['8 (495) 703-00-01 доб.15', '8 (495) 703-00-01 доб. 15'],
    ['8 (495) 703-00-01, доб 15', '8 (495) 703-00-01 доб. 15'],
    ['8 (495) 703-00-01 (доб. 15)', '8 (495) 703-00-01 доб. 15'],
    ['+7 495 703 00 01 ext. 15', '+7 495 703 00 01 доб. 15'],
    ['+7 495 703 00 01 вн. 15', '+7 495 703 00 01 доб. 15'],
    ['+7 495 703 00 01 #15', '+7 495 703 00 01 доб. 15'],
    ['12–34', '12-34'],
    ['\u200e+7 916 703-00-01\u200e', '+7 916 703-00-01'],
  ])('is read from «%s»', (typed, phone) => {
    expect(read(typed)).toBe(phone);
    expect(read(phone)).toBe(phone);
  });

  it('stays as it was written where that could be kept before: what a program says again is no news', () => {
    for (const phone of ['8 (916) 703-00-01', '+79167030001', '203', '+74957030001 доб. 15'])
      expect(read(phone)).toBe(phone);
  });

  it.each(['', 'позвонит сам', '1', 'доб. 15', '+7 916 703-00-01 вечером', '1'.repeat(40)])(
    'is not «%s»',
    (typed) => {
      expect(reasonsOf('call.in', { from: typed })).toEqual([['from', 'phone']]);
    },
  );
});

describe('figures of an event', () => {
  it('are no more than there are in all', () => {
    expect(reasonsOf('production.progress', { ready: 12, total: 10 })).toEqual([['ready', 'more-than-all']]);
    expect(reasonsOf('item.arrived', { count: 12, total: 10 })).toEqual([['count', 'more-than-all']]);
    for (const payload of [{ ready: 10, total: 10 }, { ready: 12 }, { count: 0, total: 0 }, { total: 3 }])
      expect(reasonsOf('items.complete', payload)).toEqual([]);
  });

  it('have an end that is not before the beginning', () => {
    expect(reasonsOf('work.planned', { startOn: '2026-03-12', finishOn: '2026-03-11' })).toEqual([
      ['finishOn', 'ends-before'],
    ]);
    for (const payload of [
      { startOn: '2026-03-12', finishOn: '2026-03-12' },
      { finishOn: '2026-03-11' },
      { startOn: '2026-03-12' },
    ])
      expect(reasonsOf('crew.assigned', payload)).toEqual([]);
  });

  it('count stages from one', () => {
    expect(payloadSchema('act.signed').safeParse({ stage: 0 }).error?.issues).toMatchObject([
      { path: ['stage'], code: 'too_small', minimum: 1 },
    ]);
    expect(reasonsOf('act.signed', { stage: 1 })).toEqual([]);
    expect(reasonsOf('item.arrived', { count: 0 })).toEqual([]);
  });
});
