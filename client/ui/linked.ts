import type { Attachment } from 'svelte/attachments';
import { linkPieces } from '../format/links.ts';

/** The nodes of a text, its phones and web addresses as links. Nodes and not markup: nothing in it is ever parsed. */
export function linkedNodes(text: string): Node[] {
  return linkPieces(text).map(({ text: words, href }) => {
    if (href === undefined) return document.createTextNode(words);
    const link = document.createElement('a');
    link.textContent = words;
    link.href = href;
    if (!href.startsWith('tel:')) {
      link.target = '_blank';
      link.rel = 'noopener noreferrer';
    }
    return link;
  });
}

/** Fills an element with a text of somebody. A template would put its own spaces between the pieces. */
export const linked =
  (text: string): Attachment<HTMLElement> =>
  (element) => {
    element.replaceChildren(...linkedNodes(text));
  };
