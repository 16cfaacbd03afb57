// What the product has written into an event in Russian, in the language of whoever reads it.

import type { Locale } from '../contracts/common.ts';
import type { MessageKey } from './ru.ts';
import { isMessageKey, type MessageParams, textsOf, translate } from './translate.ts';

type Sentence = { key: MessageKey; shape: RegExp };

/** Longer sentences first: one may be the beginning of another. */
const sentences: Sentence[] = [];
const words = new Map<string, MessageKey>();

const shapeOf = (text: string) =>
  new RegExp(
    `^${text.replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replace(/\{(\w+)\}/g, '(?<$1>.+?)')}$`,
    'u',
  );

/** Once for all, when the page has fetched the Russian words. */
function prepare(): void {
  if (words.size > 0) return;
  for (const [key, text] of textsOf('ru', 'said.').sort(([, a], [, b]) => b.length - a.length))
    if (key.startsWith('said.title.')) sentences.push({ key, shape: shapeOf(text) });
    else words.set(`${key.split('.')[1]} ${text}`, key);
}

/** A word that stands by itself: the label of a field, the author that is no person. Others stay as they are. */
export function wordAnew(locale: Locale, of: 'field' | 'by' | 'word', word: string): string {
  prepare();
  const key = locale === 'ru' ? undefined : words.get(`${of} ${word}`);
  return key ? translate(locale, key) : word;
}

/** What people wrote has none of these shapes, and stays as it is. */
export function titleAnew(locale: Locale, type: string, title: string): string {
  if (locale === 'ru') return title;
  prepare();
  for (const { key, shape } of sentences) {
    const found = shape.exec(title);
    if (!found) continue;
    const parts = Object.entries(found.groups ?? {});
    const params: MessageParams = Object.fromEntries(
      parts.map(([name, word]) => [name, wordAnew(locale, 'word', word)]),
    );
    return translate(locale, key, params);
  }
  return namedAnew(locale, type, title);
}

/** «Предоплата внесена 70 % — 184 300 ₽»: the name of the type, and what the form adds to it where nobody typed a title. */
function namedAnew(locale: Locale, type: string, title: string): string {
  const key = `type.${type}`;
  // «Заметка» is what a person calls it: the form gives a note no name.
  if (type === 'note.free' || !isMessageKey(key)) return title;
  const name = translate('ru', key);
  if (!title.startsWith(name)) return title;
  const rest = title.slice(name.length);
  const count = /^: (\d+) про[её]м(?:а|ов)?$/.exec(rest)?.[1];
  if (count)
    return `${translate(locale, key)}: ${translate(locale, 'opening.count', { count: Number(count) })}`;
  return /^(?: \d+ %)?(?:$| — )/.test(rest) ? translate(locale, key) + rest : title;
}
