// Light formatting of comments: the signs that people use anyway. A library reads them; what becomes of each is made
// here, node by node, so that nothing of a text is ever parsed as HTML. Whatever is no formatting stays as it is written.
import { Marked, type Token, type Tokens } from 'marked';

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

/** How plain words are drawn: mentions, links, moments. */
type Leaf = (text: string) => Node[];

/** The blocks of a comment. */
export function formatted(text: string, leaf: Leaf): Node[] {
  if (!MAY_HAVE.test(text)) return [element('p', leaf(text))];
  try {
    return blocks(marked.lexer(text), leaf);
  } catch {
    return [element('p', leaf(text))];
  }
}

function element(name: string, children: Node[]): HTMLElement {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

function blocks(tokens: readonly Token[], leaf: Leaf): Node[] {
  return tokens.flatMap((token): Node[] => {
    switch (token.type) {
      case 'space':
        return [];
      case 'paragraph':
        return [element('p', words(token.tokens ?? [], leaf))];
      // The words of a line in a list.
      case 'text':
        return token.tokens ? words(token.tokens, leaf) : leaf(token.raw);
      case 'blockquote':
        return [element('blockquote', blocks(token.tokens ?? [], leaf))];
      case 'list': {
        const { ordered, start, items } = token as Tokens.List;
        const list = element(
          ordered ? 'ol' : 'ul',
          items.map(({ tokens: inner }) => element('li', blocks(inner, leaf))),
        );
        if (ordered && start !== '' && start !== 1) list.setAttribute('start', String(start));
        return [list];
      }
      case 'code':
        return [element('pre', [element('code', [document.createTextNode(token.text)])])];
      default:
        return [element('p', leaf(token.raw))];
    }
  });
}

const MARKS: Record<string, string> = { strong: 'strong', em: 'em', del: 'del' };

function words(tokens: readonly Token[], leaf: Leaf): Node[] {
  return tokens.flatMap((token): Node[] => {
    const mark = MARKS[token.type];
    if (mark) return [element(mark, words((token as Tokens.Strong).tokens, leaf))];
    switch (token.type) {
      case 'codespan':
        return [element('code', [document.createTextNode(token.text)])];
      case 'escape':
        return [document.createTextNode(token.text)];
      case 'br':
        return [document.createTextNode('\n')];
      case 'link': {
        if (!SAFE.test(token.href)) return leaf(token.raw);
        const link = element('a', [document.createTextNode(token.text)]) as HTMLAnchorElement;
        link.href = token.href;
        link.target = '_blank';
        link.rel = 'noopener noreferrer';
        return [link];
      }
      default:
        return leaf(token.raw);
    }
  });
}
