// Light formatting of comments: the signs that people use anyway. A library reads them; what becomes of each is drawn
// from this tree, piece by piece, so that nothing of a text is ever parsed as HTML. Whatever is no formatting stays as it
// is written.
import { Marked, type Token, type Tokens } from 'marked';

export type Piece =
  /** Words as people write them: they may name somebody, or an order. */
  | { is: 'words'; text: string }
  /** Text that says nothing but itself. */
  | { is: 'text'; text: string }
  | { is: 'link'; text: string; href: string }
  | { is: 'list'; start: number | null; items: Piece[][] }
  | { is: 'p' | 'blockquote' | 'pre' | 'code' | 'strong' | 'em' | 'del'; pieces: Piece[] };

/** Most comments have none of it. */
const MAY_HAVE = /[*_`~[\\]|^\s{0,3}(?:>|[-+] |\d{1,9}[.)] )/m;
const WORD = /[\p{L}\p{N}]/u;
const SAFE = /^(?:https?:|mailto:|tel:)/i;

const nothing = () => undefined;
const marked = new Marked({
  gfm: true,
  tokenizer: {
    // No headings, tables, lines, pictures, indented code or HTML: a comment is not a page.
    heading: nothing,
    lheading: nothing,
    hr: nothing,
    table: nothing,
    def: nothing,
    html: nothing,
    tag: nothing,
    code: nothing,
    reflink: nothing,
    autolink: nothing,
    // Addresses and phones are found where the words are drawn.
    url: nothing,
    // «5*3 и 2*4» is a sum.
    emStrong: (_src, _masked, before = '') => (WORD.test(before) ? undefined : false),
  },
});

/** The blocks of a comment. */
export function readMarkup(text: string): Piece[] {
  const plain: Piece[] = [{ is: 'p', pieces: [{ is: 'words', text }] }];
  if (!MAY_HAVE.test(text)) return plain;
  try {
    return blocks(marked.lexer(text));
  } catch {
    return plain;
  }
}

function blocks(tokens: readonly Token[]): Piece[] {
  return tokens.flatMap((token): Piece[] => {
    switch (token.type) {
      case 'space':
        return [];
      case 'paragraph':
        return [{ is: 'p', pieces: words(token.tokens ?? []) }];
      // The words of a line in a list.
      case 'text':
        return token.tokens ? words(token.tokens) : [{ is: 'words', text: token.raw }];
      case 'blockquote':
        return [{ is: 'blockquote', pieces: blocks(token.tokens ?? []) }];
      case 'list': {
        const { ordered, start, items } = token as Tokens.List;
        return [
          {
            is: 'list',
            start: ordered ? Number(start) || 0 : null,
            items: items.map(({ tokens: inner }) => blocks(inner)),
          },
        ];
      }
      case 'code':
        return [{ is: 'pre', pieces: [{ is: 'code', pieces: [{ is: 'text', text: token.text }] }] }];
      default:
        return [{ is: 'p', pieces: [{ is: 'words', text: token.raw }] }];
    }
  });
}

function words(tokens: readonly Token[]): Piece[] {
  return tokens.flatMap((token): Piece[] => {
    switch (token.type) {
      case 'strong':
      case 'em':
      case 'del':
        return [{ is: token.type, pieces: words(token.tokens ?? []) }];
      case 'codespan':
        return [{ is: 'code', pieces: [{ is: 'text', text: token.text }] }];
      case 'escape':
        return [{ is: 'text', text: token.text }];
      case 'br':
        return [{ is: 'text', text: '\n' }];
      case 'link':
        if (!SAFE.test(token.href)) return [{ is: 'words', text: token.raw }];
        return [{ is: 'link', text: token.text, href: token.href }];
      default:
        return [{ is: 'words', text: token.raw }];
    }
  });
}

const BLOCKS: readonly string[] = ['p', 'blockquote', 'pre', 'list'];

/** The words alone, where they are told in passing: each block on a line of its own. */
export const withoutMarkup = (text: string): string => (MAY_HAVE.test(text) ? told(readMarkup(text)) : text);

const told = (pieces: readonly Piece[]): string =>
  pieces.reduce((said, piece) => {
    const more =
      piece.is === 'list'
        ? piece.items.map((item) => `– ${told(item)}`).join('\n')
        : 'pieces' in piece
          ? told(piece.pieces)
          : piece.text;
    return said && BLOCKS.includes(piece.is) ? `${said}\n${more}` : said + more;
  }, '');
