import { withoutMarkup } from './markup.ts';

it.each([
  ['@Вера **сегодня** `П-8340`, _срочно_', '@Вера сегодня П-8340, срочно'],
  ['5*3 и 2*4, файл_один_два', '5*3 и 2*4, файл_один_два'],
  ['> как просили\n\nДа\n\n- раз\n- два', 'как просили\nДа\n– раз\n– два'],
  ['[сайт](https://okna.example) \\*сам\\*', 'сайт *сам*'],
  ['<b>x</b> **', '<b>x</b> **'],
])('%j is told as %j', (written, told) => {
  expect(withoutMarkup(written)).toBe(told);
});
