import { bestOf, matching } from './combobox.ts';

const TYPES = ['Запуск в производство', 'Ход производства', 'Производственный брак', 'Заметка'].map(
  (label) => ({
    value: label,
    label,
    group: label === 'Заметка' ? 'Производство' : 'Цех',
  }),
);
const meant = (typed: string) => {
  const offered = matching(TYPES, typed);
  return offered[bestOf(offered, typed)]?.label;
};

describe('what is meant by the beginning of a word', () => {
  it('is what begins so, before what has it inside, before what stands under such a heading', () => {
    expect(meant('произв')).toBe('Производственный брак');
    expect(meant('ПРОИЗВОДСТВА')).toBe('Ход производства');
    expect(meant('в произв')).toBe('Запуск в производство');
    expect(meant('зам')).toBe('Заметка');
    expect(meant('водств')).toBeUndefined();
  });
});
