// Reading a text takes as long as the text is long: one of four times the length about four times as long, whatever
// stands in it. What goes back and forth over a run of one sign would let one person's note keep the desk from everybody.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mailboxesIn } from '@svodka/shared/contracts/email';
import { type ImportKind, ImportMappingSchema, importTargets } from '@svodka/shared/contracts/import';
import { numberKey, orderWords } from '@svodka/shared/contracts/order-number';
import { calledPhone, e164 } from '@svodka/shared/contracts/phone';
import { chunksOf, readingsOf } from '@svodka/shared/filter/search';
import { shortened } from '@svodka/shared/filter/shortened';
import { gluePhones, phonesIn, termsOfText, withoutPhonesAndSums } from '@svodka/shared/filter/terms';
import { parseText } from '@svodka/shared/filter/text';
import { parseSpan } from '@svodka/shared/filter/time-text';
import { beginAlike } from '@svodka/shared/messages/machine-title';
import { titleAnew } from '@svodka/shared/messages/said-anew';
import { parseAmount } from '@svodka/shared/rules/amount';
import { readMarkup, withoutMarkup } from '@svodka/shared/rules/markup';
import { columnNamesAmong } from '@svodka/shared/rules/tables/guess';
import ts from 'typescript';
import { nameWords } from '../../server/counterparties/company-forms.ts';
import { kindByName, plainName } from '../../server/counterparties/likeness.ts';
import { compileRegex } from '../../server/embedded-mongo/query/regex.ts';
import { Identifiers } from '../../server/erasure/identifiers.ts';
import { readCall } from '../../server/sources/calls/cdr.ts';
import { CardReader } from '../../server/sources/csv/card-row.ts';
import { foldedNumber } from '../../server/sources/csv/meaning.ts';
import { RowReader } from '../../server/sources/csv/row.ts';
import { TableSurvey } from '../../server/sources/csv/survey.ts';
import { typedValue } from '../../server/sources/csv/typed.ts';
import { folderOf } from '../../server/sources/folder/names.ts';
import { hintsOf } from '../../server/sources/linking/hints.ts';
import { bareNumbersIn, ordersCalledIn } from '../../server/sources/linking/order-lists.ts';
import { readBankFile } from '../../server/sources/payments/bank-file.ts';
import { noDate, readClock, readDate, readDateCell, saysNoDate } from '../../server/sources/reading/dates.ts';
import { guessDialect, isTotal } from '../../server/sources/reading/dialect.ts';
import { isValue, readNumber } from '../../server/sources/reading/values.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Settings are the operator's own, and test programs' words are ours. */
const OURS =
  /^server\/(?:platform\/config\/|platform\/mongo\/mongo\.ts|start\.ts|embedded-mongo\/test\/)|\/testing\//;

/** What is repeated, what stands before it, and what behind. */
const UNITS =
  'а|Я|a|A|1|0|-| |\n|.|,|"|«|(|)|<|[|/|@|N|№|_|\\|=|;|%|#|*|`|~|{|1 |1-|а-|а |1.|a.| -| .|, |. |(1|N |заказ |000 |8 |а1|a@|aa.|[\\a|Ясн |1/|доб|[а](|**а'.split(
    '|',
  );
const STARTS = ['', 'а', '1', '"', 'a@', 'заказ № ', 'Ясная', '8 ('];
const ENDS = ['', '!', '1', '\n@'];

const LENGTH = 2_000;
const textOf = ([start, unit, end]: readonly string[], size: number) =>
  Buffer.from(`${start}${unit?.repeat(size / unit.length)}${end}`).toString();
const SAMPLES = STARTS.flatMap((start) =>
  UNITS.flatMap((unit) => ENDS.map((end) => [start, unit, end] as const)),
);
/** Cubic ones are met at a length at which they still end. */
const TEXTS = SAMPLES.flatMap((sample) =>
  [LENGTH / 8, LENGTH].map((size) => ({ sample, size, text: textOf(sample, 4 * size) })),
);

/** For what is made of expressions that have met all of them. */
const FEWER = TEXTS.filter(({ sample: [start, , end] }) => ['', 'заказ № '].includes(start) && end !== '1');

/** A run that takes less time than this, ms, holds nobody up, whatever it grew from. */
const HARMLESS_MS = 15;
/** Linear is 4; quadratic is 16. */
const MOST_GROWTH = 10;

/** How long the processor is at it, ms. */
async function cpuMs(read: (text: string) => unknown, text: string): Promise<number> {
  const from = process.cpuUsage();
  try {
    const reading = read(text);
    if (reading instanceof Promise) await reading;
  } catch {
    // A refusal is an answer.
  }
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

/** The text by which it grows too fast; null: by none. */
async function growsBy(read: (text: string) => unknown, texts = TEXTS): Promise<string | null> {
  const least = async (text: string) => Math.min(await cpuMs(read, text), await cpuMs(read, text));
  for (const { sample, size, text } of texts) {
    if ((await cpuMs(read, text)) < HARMLESS_MS) continue;
    const [long, short] = [await least(text), await least(textOf(sample, size))];
    if (long > HARMLESS_MS && long > MOST_GROWTH * short)
      return `${JSON.stringify(sample)}: ${size} ${short} ms, ${4 * size} ${long} ms`;
  }
  return null;
}

type Found = { at: string; expression: RegExp };

function sourcesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourcesUnder(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') && !OURS.test(path) ? [path] : [];
  });
}

/** The expressions of a file that repeat something, and whether it puts some together. */
function expressionsIn(path: string): { literals: Found[]; isMade: boolean } {
  const source = ts.createSourceFile(path, readFileSync(join(ROOT, path), 'utf8'), 99, true);
  const literals: Found[] = [];
  let isMade = false;
  const visit = (node: ts.Node) => {
    if (ts.isRegularExpressionLiteral(node) && /[+*]|\{\d+,/.test(node.text)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      const end = node.text.lastIndexOf('/');
      const expression = new RegExp(node.text.slice(1, end), node.text.slice(end + 1));
      literals.push({ at: `${path}:${line + 1} ${node.text}`, expression });
    }
    if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp') isMade = true;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { literals, isMade };
}

const all = [...sourcesUnder('shared'), ...sourcesUnder('server')].map((path) => ({
  path,
  ...expressionsIn(path),
}));

const asEvent = (body: string) => ({ title: body.slice(0, 200), body, payload: {} });
const bytesOf = (text: string) => Buffer.from(text);
const aCall = (text: string) => ({
  id: text,
  at: text,
  direction: text,
  from: text,
  to: text,
  duration: text,
});

/** A row of a file, in each cell of which it stands. */
const inRow = (kind: ImportKind) => {
  const targets = importTargets(kind);
  const mapping = ImportMappingSchema.parse({
    kind,
    columns: Object.fromEntries(targets.map((to) => [to, to])),
  });
  const reader =
    kind === 'events' ? new RowReader(targets, mapping, new Date(0), []) : new CardReader(targets, mapping);
  return (text: string) => reader.read({ line: 1, values: targets.map(() => text) });
};
const SOMEBODY = new Identifiers([
  {
    names: ['Ясная а Иванович'],
    phones: ['+79161234567'],
    emails: ['a@a.ru'],
    numbers: ['7707083893'],
    addresses: ['Ясная 1 1'],
  },
]);
const inTable = (text: string) => {
  const survey = new TableSurvey();
  survey.see(['a'], { line: 1, values: [text] });
  return survey.columns(['a']);
};

/** Whatever reads a text from outside, by the file whose expressions it is made of. */
const READERS: Record<string, Record<string, (text: string) => unknown>> = {
  'shared/contracts/email.ts': { mailboxesIn },
  'shared/contracts/order-number.ts': { numberKey, orderWords },
  'shared/contracts/phone.ts': { calledPhone, e164 },
  'shared/filter/search.ts': {
    chunksOf,
    readingsOf: (text) => chunksOf(text).map((each) => readingsOf(each)),
  },
  'shared/filter/shortened.ts': { shortened },
  'shared/filter/terms.ts': { gluePhones, phonesIn, termsOfText, withoutPhonesAndSums },
  'shared/filter/text.ts': { parseText: (text) => parseText(text.slice(0, 4_000)) },
  'shared/filter/time-text.ts': { parseSpan },
  'shared/messages/machine-title.ts': { beginAlike: (text) => beginAlike(text, text) },
  'shared/messages/said-anew.ts': { titleAnew: (text) => titleAnew('en', 'order.created', text) },
  'shared/rules/amount.ts': { parseAmount },
  // Bold and italics are found by a library, in some 5 ms of the longest comment (4,000); longer ones there are not.
  'shared/rules/markup.ts': {
    readMarkup: (text) => readMarkup(text.slice(0, 4_000)),
    withoutMarkup: (text) => withoutMarkup(text.slice(0, 4_000)),
  },
  'shared/rules/tables/column-names.ts': { columnNamesAmong: (text) => columnNamesAmong([text]) },
  'shared/rules/tables/guess.ts': { columnNamesAmong: (text) => columnNamesAmong([text, text]) },
  'server/counterparties/company-forms.ts': { nameWords },
  'server/counterparties/likeness.ts': { plainName, kindByName },
  'server/embedded-mongo/query/regex.ts': { compileRegex: (text) => compileRegex(text, '') },
  'server/erasure/identifiers.ts': { redact: (text) => SOMEBODY.redact(text) },
  'server/sources/calls/cdr.ts': { readCall: (text) => readCall(aCall(text) as never, 'Europe/Moscow') },
  'server/sources/csv/card-row.ts': { orders: inRow('orders'), counterparties: inRow('counterparties') },
  'server/sources/csv/row.ts': { events: inRow('events') },
  'server/sources/csv/survey.ts': { inTable },
  'server/sources/csv/meaning.ts': { foldedNumber },
  'server/sources/csv/typed.ts': {
    duration: (text) => typedValue({ kind: 'duration' } as never, text, 'dmy'),
    number: (text) => typedValue({ kind: 'number' } as never, text, 'dmy'),
  },
  'server/sources/folder/names.ts': { folderOf: (text) => folderOf(text, 'id', new Set()) },
  'server/sources/linking/hints.ts': { hintsOf: (text) => hintsOf(asEvent(text) as never) },
  'server/sources/linking/order-lists.ts': { ordersCalledIn, bareNumbersIn },
  'server/sources/payments/bank-file.ts': { readBankFile: (text) => readBankFile(bytesOf(text)) },
  'server/sources/reading/dates.ts': {
    noDate,
    readClock,
    saysNoDate,
    readDate: (text) => readDate(text, 'dmy'),
    readDateCell: (text) => readDateCell(text, 'dmy', null),
  },
  'server/sources/reading/dialect.ts': {
    isTotal: (text) => isTotal([text]),
    guessDialect: (text) => guessDialect(text, 'utf-8'),
  },
  'server/sources/reading/values.ts': { isValue, readNumber },
};

describe('A long run of one sign', () => {
  it.each(['shared', 'server'])('goes through each expression of %s once', async (floor) => {
    const slow: string[] = [];
    for (const { at, expression } of all.flatMap(({ path, literals }) =>
      path.startsWith(floor) ? literals : [],
    )) {
      const read = (text: string) => {
        expression.lastIndex = 0;
        return expression.global ? text.replace(expression, '') : expression.exec(text);
      };
      const text = await growsBy(read);
      if (text !== null) slow.push(`${at} by ${text}`);
    }
    expect(slow).toEqual([]);
  });

  it.each(
    Object.entries(READERS).flatMap(([file, readers]) =>
      Object.entries(readers).map(([name, read]) => ({ file, name, read })),
    ),
  )('is read once by $name of $file', async ({ read }) => {
    expect(await growsBy(read, FEWER)).toBeNull();
  });

  it('meets an expression that is put together only in what is read here', () => {
    const made = all.filter(({ isMade }) => isMade).map(({ path }) => path);
    expect(made.filter((path) => !(path in READERS))).toEqual([]);
  });
});
