/** What a program for tables would calculate: it opens what a stranger wrote into the file. Numbers and phones are none. */
const FORMULA = /^(?:[=@\t\r]|[+-](?![\d\s().,-]*$))/;

/** A formula stands behind the mark by which a table keeps it as text; the import takes the mark off again. */
const quoted = (cell: string): string =>
  `"${(FORMULA.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`;

/** A table as Excel opens it at a double click: with a mark, semicolons, and what is wrong in its last column. */
export function failedRows(
  columns: readonly string[],
  rows: readonly { values: readonly string[]; why: readonly string[] }[],
  reason: string,
): string {
  const lines = rows.map(({ values, why }) => [...columns.map((_, i) => values[i] ?? ''), why.join('; ')]);
  const text = [[...columns, reason], ...lines].map((cells) => cells.map(quoted).join(';')).join('\r\n');
  return `\ufeff${text}\r\n`;
}

export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
