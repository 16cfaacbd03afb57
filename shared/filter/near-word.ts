/** Whether two words differ in at most one letter: one put in, left out, another, or two changed about. */
function isOneOff(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from++;
  const rest = (of: string, by: number) => of.slice(from + by);
  return (
    rest(a, 1) === rest(b, 1) ||
    rest(a, 1) === rest(b, 0) ||
    rest(a, 0) === rest(b, 1) ||
    (a[from] === b[from + 1] && a[from + 1] === b[from] && rest(a, 2) === rest(b, 2))
  );
}

/** The beginning of a word from which what was typed differs in one letter; null: it has none. */
export function nearBeginning(typed: string, word: string): string | null {
  for (const length of [typed.length, typed.length + 1, typed.length - 1]) {
    const beginning = word.slice(0, length);
    if (beginning.length === length && isOneOff(typed, beginning)) return beginning;
  }
  return null;
}
