import { ProjectCreateSchema, ProjectEditSchema } from './directory.ts';
import { orderNumber } from './order-number.ts';

describe(orderNumber, () => {
  it.each([
    ['№ 449', '449'],
    ['№449', '449'],
    ['№\u00a0449', '449'],
    [' № № 449 ', '449'],
    ['N 449', '449'],
    ['No. 449', '449'],
    ['No.449', '449'],
    ['n 2025-0318', '2025-0318'],
    ['№ П-12', 'П-12'],
    ['Т  12', 'Т 12'],
  ])('takes the sign off: «%s»', (said, number) => {
    expect(orderNumber(said)).toBe(number);
  });

  it.each(['449', 'N449', 'N-449', 'N', 'Nord 5', 'Н 449', 'No-12', 'NORD'])('leaves «%s»', (number) => {
    expect(orderNumber(number)).toBe(number);
  });
});

describe('the number of an order that is entered', () => {
  it('is without its sign, and one that is nothing but the sign is none', () => {
    expect(ProjectCreateSchema.parse({ number: '№ 449' })).toMatchObject({ number: '449' });
    expect(ProjectEditSchema.parse({ number: 'N 449' })).toEqual({ number: '449' });
    expect(ProjectCreateSchema.safeParse({ number: '№' }).success).toBe(false);
  });
});
