import { type Piece, readMarkup } from '@svodka/shared/rules/markup';

/** How plain words are drawn: mentions, links, moments. */
type Leaf = (text: string) => Node[];

/** The blocks of a comment. */
export const formatted = (text: string, leaf: Leaf): Node[] => drawn(readMarkup(text), leaf);

function element(name: string, children: Node[]): HTMLElement {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

const drawn = (pieces: readonly Piece[], leaf: Leaf): Node[] =>
  pieces.flatMap((piece): Node[] => {
    switch (piece.is) {
      case 'words':
        return leaf(piece.text);
      case 'text':
        return [document.createTextNode(piece.text)];
      case 'link': {
        const link = element('a', [document.createTextNode(piece.text)]) as HTMLAnchorElement;
        link.href = piece.href;
        link.target = '_blank';
        link.rel = 'noopener noreferrer';
        return [link];
      }
      case 'list': {
        const { start, items } = piece;
        const list = element(
          start === null ? 'ul' : 'ol',
          items.map((item) => element('li', drawn(item, leaf))),
        );
        if (start !== null && start !== 1) list.setAttribute('start', String(start));
        return [list];
      }
      default:
        return [element(piece.is, drawn(piece.pieces, leaf))];
    }
  });
