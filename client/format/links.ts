/** A piece of a text of somebody; with `href` it is a link. */
export type LinkPiece = { text: string; href?: string };

/** An address of the web as people paste it; what it may begin with is the whole list of what becomes a link. */
const WEB = String.raw`https?:\/\/[^\s<>"«»„“]+`;
/** A Russian number in any of its spellings, or another one with its country. */
const PHONE = String.raw`(?<![\d+])(?:\+7|8|7)[\s\u00a0-]?\(?\d{3}\)?(?:[\s\u00a0-]?\d){7}(?![\d-])|(?<![\d+])\+(?!7)\d(?:[\s\u00a0()-]{0,2}\d){8,13}(?!\d)`;
const EITHER = new RegExp(`(${WEB})|(${PHONE})`, 'gi');

/** What ends the sentence and not the address; a closing parenthesis stays when it was opened inside. */
function endOfAddress(text: string): string {
  let end = text.replace(/[.,;:!?'…]+$/, '');
  while (end.endsWith(')') && (end.match(/\)/g)?.length ?? 0) > (end.match(/\(/g)?.length ?? 0))
    end = end.slice(0, -1).replace(/[.,;:!?'…]+$/, '');
  return end;
}

function webAddress(text: string): string | null {
  try {
    const { protocol, hostname, href } = new URL(text);
    return (protocol === 'http:' || protocol === 'https:') && hostname !== '' ? href : null;
  } catch {
    return null;
  }
}

/** `tel:` with nothing but digits: an 8 at the beginning is a 7 of the country. */
const phoneAddress = (text: string): string => {
  const digits = text.replace(/\D/g, '');
  return `tel:+${digits.length === 11 && digits.startsWith('8') ? `7${digits.slice(1)}` : digits}`;
};

/**
 * A text of somebody split at its phones and addresses of the web. Only `http:`, `https:` and `tel:` ever come out,
 * whatever is written; the pieces put together are the text.
 */
export function linkPieces(text: string): LinkPiece[] {
  const pieces: LinkPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(EITHER)) {
    const [whole, web] = match;
    const shown = web ? endOfAddress(whole) : whole;
    const href = web ? webAddress(shown) : phoneAddress(shown);
    if (!href || match.index < from) continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    pieces.push({ text: shown, href });
    from = match.index + shown.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}
