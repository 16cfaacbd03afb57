import { type Piece, readMarkup } from '@svodka/shared/rules/markup';
import { escapeHtml } from './escape-html.ts';

/** What was said, as the discussion shows it. A link is told in words: such a page leads nowhere else. */
export const markupHtml = (text: string): string => html(readMarkup(text));

const html = (pieces: readonly Piece[]): string => pieces.map(one).join('');

function one(piece: Piece): string {
  switch (piece.is) {
    case 'words':
    case 'text':
      return escapeHtml(piece.text);
    case 'link':
      return escapeHtml(piece.text === piece.href ? piece.href : `${piece.text} (${piece.href})`);
    case 'list': {
      const items = piece.items.map((item) => `<li>${html(item)}</li>`).join('');
      return piece.start === null ? `<ul>${items}</ul>` : `<ol start="${piece.start}">${items}</ol>`;
    }
    default:
      return `<${piece.is}>${html(piece.pieces)}</${piece.is}>`;
  }
}
