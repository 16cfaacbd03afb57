/** What a comparison says of a file is what the import then does (TB8), of random tables; CHECK_SEED repeats a run. */
import { jest } from '@jest/globals';
import type { ImportBatch, ImportKind, ImportMapping, ImportPreview } from '@svodka/shared/contracts/import';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { seeded } from '../../test/support/seeded.ts';
import { until } from '../../test/support/until.ts';

jest.setTimeout(240_000);
const TABLES = 8;
const seed = Number(process.env.CHECK_SEED ?? Date.now() % 1_000_000);

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

type Uploaded = { batch: ImportBatch & { mapping: ImportMapping }; preview: ImportPreview };
const upload = (name: string, text: string) =>
  app.admin.post<Uploaded>(`/api/imports?fileName=${encodeURIComponent(name)}`, text, {
    'Content-Type': 'text/csv',
  });
async function run(id: string, what: 'check' | 'start', mapping: ImportMapping) {
  await app.admin.post(`/api/imports/${id}/${what}`, mapping);
  const ended = async () => {
    const batch = await app.admin.get<ImportBatch>(`/api/imports/${id}`);
    return ['running', 'checking'].includes(batch.state) ? null : batch;
  };
  const { counts, state } = await until(ended, { timeoutMs: 60_000, what });
  expect(state).toBe(what === 'check' ? 'uploaded' : 'done');
  return counts;
}

const COLUMNS: Record<ImportKind, ImportMapping['columns']> = {
  orders: {
    'Номер заказа': 'number',
    Клиент: 'counterparty',
    Телефон: 'phone',
    Адрес: 'address',
    Сумма: 'amount',
    'Дата монтажа': 'plannedOn',
  },
  counterparties: {
    Код: 'externalId',
    Наименование: 'name',
    ИНН: 'inn',
    Телефон: 'phone',
    Почта: 'email',
  },
  events: {
    Номер: 'externalId',
    Дата: 'occurredAt',
    Событие: 'title',
    Заказ: 'project',
    Контрагент: 'counterparty',
  },
};

/** Rows of few numbers, names and values, so that they meet each other and those of the files before. */
function rowOf(kind: ImportKind, of: (...some: string[]) => string): string {
  const number = of('1', '2', '3', '4', '5', 'К-6', 'к – 6', '');
  const who = of('Белова Инна', 'ООО «Рассвет»', 'ООО "Рассвет"', 'ИП Сорокин', '');
  const phone = of('8 916 555-01-01', '+7 916 555-01-02', '', '', 'позже');
  if (kind === 'orders')
    return [
      number,
      who,
      phone,
      of('Мира, 5', 'Мира, 7', ''),
      of('100', '200,50', '', 'много'),
      of('20.12.2030', '', '31.02.2030'),
    ].join(';');
  if (kind === 'counterparties')
    return [number, who, of('7707083893', '', '', '12'), phone, of('a@b.example', '')].join(';');
  return [
    number,
    of('03.11.2025', '04.11.2025', 'вчера'),
    of('Замер', 'Договор', ''),
    of('П-1', 'П-2', 'п – 2', 'П-3', ''),
    who,
  ].join(';');
}

describe.each(['orders', 'counterparties', 'events'] as const)('a comparison of %s', (kind) => {
  it(`says what the import then does (seed ${seed})`, async () => {
    const random = seeded(seed);
    const of = (...some: string[]) => some[Math.floor(random() * some.length)] ?? '';
    for (let table = 0; table < TABLES; table++) {
      const rows = Array.from({ length: 1 + Math.floor(random() * 12) }, () => rowOf(kind, of));
      // A file that an office has copied together has rows twice.
      const text = [Object.keys(COLUMNS[kind]).join(';'), ...rows, ...rows.filter(() => random() < 0.2)].join(
        '\n',
      );
      const { batch } = await upload(`${kind}.csv`, `${text}\n`);
      const mapping = {
        ...batch.mapping,
        kind,
        columns: COLUMNS[kind],
        update: random() < 0.5,
        restore: random() < 0.5,
      };
      const { rows: shown } = await app.admin.post<ImportPreview>(
        `/api/imports/${batch.id}/preview`,
        mapping,
      );
      const { decided: _, ...said } = await run(batch.id, 'check', mapping);
      const { decided: __, ...done } = await run(batch.id, 'start', mapping);
      const waiting = kind === 'counterparties' ? said.alike : 0;
      expect({ text, ...done }).toEqual({ text, ...said, errors: said.errors + waiting });
      if (shown.length === said.rows && kind !== 'counterparties') {
        expect([text, shown.filter(({ errors }) => errors.length > 0).length]).toEqual([text, said.errors]);
        if (kind === 'orders')
          expect([text, shown.filter(({ repeats }) => repeats).length]).toEqual([text, said.repeated]);
      }
    }
  });
});
