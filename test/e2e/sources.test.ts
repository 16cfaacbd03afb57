/** Every way in, from an administrator's page or a program to a row on another person's open desk and a step of its order. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { OrderChain } from '@svodka/shared/contracts/orders';
import { MongoClient } from 'mongodb';
import { type App, startApp, storeOf } from '../support/app-process.ts';
import { bankDocument, bankFile } from '../support/bank.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { encoded } from '../support/encoded.ts';
import { makeCounterparty, makeProject } from '../support/factories.ts';
import { ndjson, sayLines } from '../support/module.ts';
import { Person } from '../support/person.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'calm-meadow-58';
const LONG_MS = 180_000;
/** A file has to stand still for seconds before it is taken. */
const FOLDER_MS = 60_000;

describeInBrowser('ways in', () => {
  let app: App;
  let chromium: Chromium;
  let script: Client;
  let folder: string;
  /** Connects the sources. */
  let admin: Person;
  /** Looks at the desk, and does not touch it. */
  let anna: Person;
  let order: Project;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'svodka-sources-'));
    [app, chromium] = await Promise.all([startApp({ env: { SOURCES_DIR: folder } }), launchChromium()]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    await script.post('/api/users', {
      login: 'anna',
      name: 'Анна Ковалёва',
      roles: ['dispatcher'],
      password: PASSWORD,
    });
    const payer = await makeCounterparty(script, { name: 'ООО «Ромашка»', kind: 'org', inn: '7701234560' });
    order = await makeProject(script, { number: '318', counterpartyId: payer.id, amountKop: 20_000_000 });
    [admin, anna] = await Promise.all([
      Person.at(chromium, app.url, app.admin, '/sources'),
      Person.at(chromium, app.url, { login: 'anna', password: PASSWORD }),
    ]);
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const choose = (name: string, content: string | Buffer) =>
    admin.page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });
  const button = (name: string | RegExp) => admin.page.getByRole('button', { name });
  const isDone = (code: string, { id }: Pick<Project, 'id'> = order) =>
    until(
      async () => {
        const { milestones } = await script.get<OrderChain>(`/api/projects/${id}/chain`);
        return milestones.find((step) => step.code === code && step.state === 'done');
      },
      { what: `the step ${code}` },
    );
  const events = async (filter = '*') =>
    (await script.get<{ items: SvodkaEvent[] }>(`/api/events?limit=200&filter=${encodeURIComponent(filter)}`))
      .items;

  it(
    'a program: its key is made in the app and shown once; what it says stands on the desk',
    async () => {
      const { page } = admin;
      await page.getByRole('link', { name: /^Производство/ }).click();
      await button('Создать ключ').click();
      await page.getByLabel('Название').fill('Цех, 1С');
      await page.keyboard.press('Control+Enter');
      const made = page.getByRole('dialog', { name: /Ключ создан/ });
      const token = (await made.locator('output').textContent()) ?? '';
      expect(token).toMatch(/^svm_/);
      const [asks, says] = await made.locator('pre').allTextContents();
      expect(asks).toContain(`${app.url}/api/ingest -H 'authorization: Bearer ${token}'`);
      const [, sent = ''] = /-d '(.*)'$/.exec(says ?? '') ?? [];
      expect((await sayLines(app.url, token, sent)).results).toMatchObject([{ outcome: 'created' }]);
      await button('Готово').click();
      await page.getByText('Цех, 1С').first().waitFor();
      await page.reload();
      await page.getByText('Цех, 1С').first().waitFor();
      expect(await page.content()).not.toContain(token);
      const { results } = await sayLines(
        app.url,
        token,
        ndjson([
          { externalId: '1', type: 'production.launched', title: 'Запущен цехом', order: '318' },
          { externalId: '2', type: 'production.launched', title: 'Чужой', order: '999' },
        ]),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'refused']);
      await anna.rowOf('Запущен цехом').waitFor();
      await isDone('launch');
      // The page is open: the refused line comes by itself, and goes in once its order is there.
      const refused = page.getByRole('article', {
        name: /2 · строка 2.*: Заказ: Заказа с таким номером нет$/,
      });
      await refused.getByText('Как пришло').click();
      await refused.getByText('"externalId":"2"').waitFor();
      await makeProject(script, { number: '999' });
      await refused.getByRole('button', { name: 'Ещё раз' }).click();
      await anna.rowOf('Чужой').waitFor();
      await refused.waitFor({ state: 'detached' });
    },
    LONG_MS,
  );

  it(
    'a bank’s file: payments that name their order go there, the others wait with proposals',
    async () => {
      const { page } = admin;
      await page.goto(`${app.url}/payments`);
      const bytes = encoded(
        bankFile([
          bankDocument({ Номер: '1', НазначениеПлатежа: 'Предоплата по заказу № 318' }),
          bankDocument({ Номер: '2', Сумма: '500.00', НазначениеПлатежа: 'Доплата за доставку' }),
          bankDocument({ Номер: '3', Сумма: 'сто', НазначениеПлатежа: 'Неразборчиво' }),
        ]),
        'windows-1251',
      );
      await choose('kl_to_1c.txt', bytes);
      await page.getByText('Кодировка: windows-1251').waitFor();
      await page
        .getByRole('row', { name: /Предоплата по заказу/ })
        .getByText('№ 318', { exact: true })
        .waitFor();
      await page
        .getByRole('row', { name: /Доплата/ })
        .getByText('номера нет')
        .waitFor();
      await page.getByRole('row', { name: /сто/ }).waitFor();
      expect(await events('модуль:finance')).toEqual([]);
      await button(/^Загрузить 2 платежа/).click();
      await page.getByRole('link', { name: 'Привязать к заказам' }).click();
      await anna.page.getByText('Предоплата по заказу № 318').first().waitFor();
      await isDone('prepay');
      // Whoever looks at the desk may take it to its order; here by the key that the row shows.
      const waiting = page.getByRole('listitem').filter({ hasText: 'Доплата за доставку' });
      await waiting.getByRole('button', { name: /№ 318/ }).waitFor();
      await waiting.focus();
      await page.keyboard.press('1');
      await until(async () => (await events(`модуль:finance заказ:${order.id}`)).length === 2);
      await page.goto(`${app.url}/payments`);
      await choose('kl_to_1c.txt', bytes);
      await page.getByText('Всё из этого файла уже есть').waitFor();
    },
    LONG_MS,
  );

  it(
    'a table: the first dump makes orders and no flood, the next ones exactly what happened, after a look at it',
    async () => {
      const { page } = admin;
      const before = (await events()).length;
      const dump = (rows: string[]) =>
        ['ZNUMB;KNAME;MSUMM;PRESE;PWORK;WDATE;EWORK;PSTAT;KPRIM', ...rows, ''].join('\r\n');
      const first = dump(['501;Лапина Ольга;0;;;;20.03.2026;Расчёт;тайна', '502;ООО Двор;0;;;;;Расчёт;']);
      await page.goto(`${app.url}/tables`);
      await button('Подключить таблицу').first().click();
      await choose('LISTPRJ.csv', encoded(first, 'windows-1251'));
      // Read as the other kind and back, its columns are what their names say.
      const kinds = page.locator('.segments');
      await kinds.getByText('Контрагенты').click();
      await kinds.getByText('Заказы').click();
      expect(await page.getByLabel('Что это: MSUMM').inputValue()).toBe('paid');
      await page.getByText('Кодировка: windows-1251').waitFor();
      await page.getByLabel('Название').fill('Цех: заказы');
      await button('Показать, что получится').click();
      await page.getByRole('heading', { name: /2 заказа|Первая выгрузка/ }).waitFor();
      expect(await script.get(`/api/projects?search=501`)).toMatchObject({ items: [] });
      await button('Принять выгрузку').click();
      await page.getByText('Выгрузка принята').waitFor();
      // The page of a new table has become the table's: nobody comes back to an empty form.
      expect(new URL(page.url()).pathname).toMatch(/^\/tables\/[0-9a-f-]{36}$/);
      await page.goBack();
      await page.getByRole('button', { name: 'Подключить таблицу' }).waitFor();
      await page.goForward();
      await page.getByText(/LISTPRJ\.csv/).waitFor();
      const orders = (await script.get<{ items: Project[] }>('/api/projects?search=50')).items;
      expect(orders.map(({ number }) => number).sort()).toEqual(['501', '502']);
      expect(
        await script.get('/api/counterparties?search=%D0%9B%D0%B0%D0%BF%D0%B8%D0%BD%D0%B0'),
      ).toMatchObject({
        items: [{ name: 'Лапина Ольга' }],
      });
      expect(await events()).toHaveLength(before);

      const second = dump([
        '501;Лапина Ольга;70 000,00;1;1;11.03.2026;25.03.2026;Расчёт;тайна',
        '502;ООО Двор;0;;;;;Отказ;',
      ]);
      await choose('LISTPRJ-2.csv', second);
      await page.getByRole('cell', { name: 'Заметка', exact: true }).waitFor();
      await page.getByRole('cell', { name: /20 мар.* → 25 мар/ }).waitFor();
      // The columns of a table that is known are no longer what is looked at.
      expect(await page.getByLabel('Что это: MSUMM').isVisible()).toBe(false);
      // What the word means is said once, and tried before anything is written.
      await page.getByText('Слова статуса').click();
      await page.getByLabel('Отказ', { exact: true }).selectOption('Заказ отменён');
      await button('Показать, что получится').click();
      await page.getByRole('cell', { name: 'Заказ отменён', exact: true }).waitFor();
      expect(await events()).toHaveLength(before);
      await button('Принять выгрузку').click();
      await anna.rowOf('Оплата по таблице «Цех: заказы»').waitFor();
      await anna.rowOf('Статус: Расчёт → Отказ').waitFor();
      const lapina = orders.find(({ number }) => number === '501') as Project;
      expect((await events(`заказ:${lapina.id}`)).map(({ type }) => type).sort()).toEqual([
        'material.reserved',
        'payment.prepaid',
        'production.delayed',
        'production.launched',
      ]);
      await isDone('launch', lapina);
      expect(await events()).toHaveLength(before + 5);

      await page.getByText('Выгрузка принята').waitFor();
      await choose(
        'LISTPRJ-3.csv',
        dump(['501;Лапина Ольга;90 000,00;1;1;11.03.2026;25.03.2026;Расчёт;тайна']),
      );
      await page.getByRole('heading', { name: /2 события/ }).waitFor();
      await button('Принять выгрузку').click();
      await anna.rowOf('Заказа больше нет в таблице').waitFor();
      expect(await events()).toHaveLength(before + 7);
    },
    LONG_MS,
  );

  it(
    'a watched folder: what is dropped is taken, moved beside a report, and stands on the desk',
    async () => {
      const table = join(folder, 'Цех_ заказы');
      await until(async () => (await readdir(table).catch(() => [] as string[])).includes('done'), {
        timeoutMs: FOLDER_MS,
        what: 'the folder of the table',
      });
      await writeFile(
        join(table, 'ночная.csv'),
        'ZNUMB;KNAME;MSUMM;PRESE;PWORK;WDATE;EWORK;PSTAT;KPRIM\n' +
          '501;Лапина Ольга;95 000,00;1;1;11.03.2026;25.03.2026;Готов;тайна\n',
      );
      await anna.page
        .locator('article', { hasText: 'Статус: Расчёт → Готов' })
        .first()
        .waitFor({ timeout: FOLDER_MS });
      const report = await until(
        async () =>
          (await readdir(join(table, 'done'))).find((name) => name.endsWith('ночная.csv.report.json')),
        { timeoutMs: FOLDER_MS, what: 'the report' },
      );
      expect(JSON.parse(await readFile(join(table, 'done', report), 'utf8'))).toMatchObject({
        result: 'done',
        counts: { events: 2 },
      });
      // What cannot be taken is shown with its reason, and may be tried again.
      const { page } = admin;
      await page.goto(`${app.url}/sources`);
      await writeFile(join(folder, 'payments', 'не то.txt'), 'Дата;Сумма');
      const row = page.getByRole('link', { name: 'Выписка банка, Не принято: 1' });
      await row.waitFor({ timeout: FOLDER_MS });
      await row.click();
      const failed = page.getByRole('article', { name: 'не то.txt' });
      await failed.getByText('Это не файл обмена с банком').waitFor();
      await failed.getByRole('button', { name: 'Ещё раз' }).click();
      await failed.waitFor({ state: 'detached' });
      await failed.waitFor({ timeout: FOLDER_MS });
      await failed.getByRole('button', { name: 'Убрать' }).click();
      await failed.waitFor({ state: 'detached' });
    },
    LONG_MS,
  );

  it(
    'a module that says nothing stands at the top of every desk, until its next word',
    async () => {
      const { token } = await script.post<{ token: string }>('/api/sources/tokens', {
        module: 'fgwarehouse',
        name: 'Склад',
      });
      await script.patch('/api/sources', { module: 'fgwarehouse', expectMin: 5 });
      // Waited for since a month ago: no test waits for minutes.
      const store = await MongoClient.connect((await storeOf(app.dataDir)).uri);
      await store
        .db('svodka')
        .collection<{ _id: string }>('sources')
        .updateOne({ _id: 'fgwarehouse' }, { $set: { waitedSince: new Date(Date.now() - 30 * 86_400_000) } });
      await store.close();
      const line = anna.page.getByRole('status').filter({ hasText: 'Склад ГП' });
      await line.waitFor();
      await anna.rowOf('Молчит модуль «Склад ГП»').waitFor();
      await sayLines(app.url, token, '');
      await line.waitFor({ state: 'detached' });
    },
    LONG_MS,
  );

  it(
    'a module that is off is proposed nowhere, is refused, and keeps what it said',
    async () => {
      const { page } = anna;
      const { token } = await script.post<{ token: string }>('/api/sources/tokens', {
        module: 'measure',
        name: 'Замерщики',
      });
      await script.post('/api/events', {
        type: 'measure.done',
        title: 'Замер на Лесной',
        projectId: order.id,
      });
      await script.patch('/api/sources', { module: 'measure', isOn: false });
      expect((await sayLines(app.url, token, '')).error?.details).toMatchObject([{ reason: 'module-off' }]);
      const choices = async (open: () => Promise<void>, words: string) => {
        await open();
        await page.getByRole('option', { name: words }).first().waitFor();
        return (await page.getByRole('option').allTextContents()).filter((text) => /замер/i.test(text));
      };
      expect(
        await choices(async () => {
          await page.keyboard.press('n');
          await page.getByRole('dialog').getByRole('combobox', { name: 'Тип' }).click();
        }, 'Заказ укомплектован'),
      ).toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.goto(`${app.url}/?filter=${encodeURIComponent('модуль:замеры')}`);
      await anna.rowOf('Замер на Лесной').waitFor();
      await page.goto(`${app.url}/?filter=${encodeURIComponent('модуль:xyz')}`);
      await page
        .getByText(/Можно так: финансы/i)
        .first()
        .waitFor();
      // Which modules are off is heard a moment after the first words.
      await until(async () => (await page.getByText(/Можно так: .*замер/i).count()) === 0);
      await page.goto(app.url);
      await page.getByText('в эфире').waitFor();
    },
    LONG_MS,
  );

  it(
    '«Привязать к заказу» is worked off by keys: accepted, many at once, and taken back',
    async () => {
      const { page } = admin;
      const payload = { from: '+7 916 555-01-01' };
      // They call before anybody knows whose number it is.
      for (const title of ['Звонок первый', 'Звонок второй', 'Звонок третий'])
        await script.post('/api/events', { type: 'call.in', title, payload });
      await makeCounterparty(script, { name: 'Белова Инна', phones: ['+79165550101'] }).then(({ id }) =>
        makeProject(script, { number: '777', counterpartyId: id }),
      );
      await page.goto(`${app.url}/unlinked`);
      const rows = page.getByRole('listitem').filter({ hasText: 'Звонок' });
      await rows.nth(2).getByRole('button', { name: /№ 777/ }).waitFor();
      const linked = async () =>
        (await events('модуль:calls')).filter(({ projectId }) => projectId !== null).length;
      await rows.first().focus();
      await page.keyboard.press('Enter');
      await until(async () => (await linked()) === 1);
      await page.keyboard.press('x');
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      await page.keyboard.press('l');
      await until(async () => (await linked()) === 3);
      await page.getByText('У всего есть заказ').waitFor();
      await page.keyboard.press('Control+z');
      await until(async () => (await linked()) === 1);
      await rows.nth(1).waitFor();
      expect([...admin.complaints(), ...anna.complaints()]).toEqual([]);
    },
    LONG_MS,
  );
});
