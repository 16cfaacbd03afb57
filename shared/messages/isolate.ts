const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/** Marks that turn text around, and letters of scripts that run from right to left. */
const TURNS =
  /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\ud802\ud803\ud83a\ud83b]/;

/**
 * A text of somebody else inside of one line of ours, such as a title within a message, a subject or a hint: where it
 * could turn its neighbours around it is closed off (UAX #9: the end of an isolate ends the embeddings inside it).
 * Elements of the page do the same by `unicode-bidi: isolate`; this is for where there are no elements. Other texts
 * stay as they are.
 */
export function isolated(text: string): string {
  if (!TURNS.test(text)) return text;
  let open = 0;
  let kept = '';
  for (const sign of text) {
    if (sign === POP_ISOLATE && open === 0) continue; // one too many would end the isolation itself
    if (/[\u2066-\u2068]/.test(sign)) open++;
    else if (sign === POP_ISOLATE) open--;
    kept += sign;
  }
  return FIRST_STRONG_ISOLATE + kept + POP_ISOLATE.repeat(open + 1);
}
