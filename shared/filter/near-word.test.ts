import { nearBeginning } from './near-word.ts';

describe(nearBeginning, () => {
  it('is the beginning that differs in one letter', () => {
    expect(nearBeginning('вишнекова', 'вишнякова')).toBe('вишнякова');
    expect(nearBeginning('вишнеков', 'вишнякова')).toBe('вишняков');
    expect(nearBeginning('вишнкова', 'вишнякова')).toBe('вишнякова');
    expect(nearBeginning('вишнняков', 'вишнякова')).toBe('вишняков');
    expect(nearBeginning('вишянкова', 'вишнякова')).toBe('вишнякова');
    expect(nearBeginning('фишняк', 'вишнякова')).toBe('вишняк');
  });

  it('is none where more letters differ, or the word is shorter', () => {
    for (const word of ['вишневая', 'виш', 'крючкова', ''])
      expect(nearBeginning('вишнекова', word)).toBeNull();
  });
});
