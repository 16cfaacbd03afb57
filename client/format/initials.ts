/** Two letters for an avatar: «Анна Ковалёва» → «АК», «admin» → «AD». */
export function initials(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  const [first = '?', second] = words.map((word) => [...word]);
  const letters = second ? [first[0], second[0]] : [...first].slice(0, 2);
  return letters.join('').toLocaleUpperCase('ru');
}
