import { enterGoesOn } from './next-field.ts';

it('goes on by Enter from a field and from a choice, past what is hidden, and sends no form', () => {
  document.body.innerHTML =
    '<form><input id="a"><input type="hidden"><select id="b"><option>1</select><textarea id="c"></textarea></form>';
  document.querySelector('form')?.addEventListener('keydown', enterGoesOn);
  const enter = () =>
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }),
    );
  document.getElementById('a')?.focus();
  const after: unknown[] = [];
  for (let i = 0; i < 3; i++) after.push([enter(), document.activeElement?.id]);
  // In the text of several lines it is the person's.
  expect(after).toEqual([
    [false, 'b'],
    [false, 'c'],
    [true, 'c'],
  ]);
});
