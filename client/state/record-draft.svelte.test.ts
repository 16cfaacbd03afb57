import { jest } from '@jest/globals';
import { type Project, ProjectEditSchema } from '@svodka/shared/contracts/directory';
import { newId } from '@svodka/shared/contracts/id';
import { ApiError } from '../api/rest.ts';
import { fieldsOf, saveProject } from '../features/projects/project-form.ts';
import { playRest, testSession } from '../testing/sign-in.ts';
import { FormDrafts } from './form-drafts.ts';
import { openDraft, RecordDraft } from './record-draft.svelte.ts';
import { session } from './session.svelte.ts';
import { tabs } from './tabs.ts';

const project: Project = {
  id: '01890000-0000-7000-8000-0000000000c1',
  number: '318',
  counterpartyId: null,
  objectAddress: 'ул. Садовая, 8',
  managerId: null,
  appointedIds: [],
  status: 'request',
  statusOverride: null,
  told: [],
  template: 'private',
  amountKop: 18_430_050,
  line: {
    version: 1,
    milestones: [],
    status: 'request',
    flags: [],
    target: null,
    next: null,
    isLate: false,
    risk: 0,
    items: { done: 0, total: null },
    money: null,
    stages: 1,
    undated: [],
    why: [],
    lastFact: null,
  },
  tz: 'Europe/Moscow',
  note: '',
  createdAt: '2026-03-14T06:00:00.000Z',
  version: 3,
};

describe(RecordDraft.name, () => {
  it('knows what was changed, and sends only that', async () => {
    const draft = new RecordDraft(fieldsOf(project));
    expect(draft.dirty).toBe(false);
    draft.values.amountKop = '200 000 ₽';
    draft.values.objectAddress = ' ул. Садовая, 8, кв. 14 ';
    const sent: unknown[] = [];
    const rest = playRest((method, path, body) => {
      sent.push(method, path, body);
      return { ...project, version: 4 };
    });
    await saveProject(draft, project, () => {});
    expect(sent).toEqual([
      'PATCH',
      `/projects/${project.id}`,
      { objectAddress: 'ул. Садовая, 8, кв. 14', amountKop: 20_000_000 },
    ]);
    expect(rest.mock.calls[0]?.[1]?.headers).toMatchObject({ 'If-Match': '3' });
    rest.mockRestore();
  });

  it('says at the field what the contract refuses, and sends nothing', async () => {
    const draft = new RecordDraft(fieldsOf(null));
    draft.values.amountKop = 'много';
    const rest = playRest(() => ({}));
    expect(await saveProject(draft, null, () => {})).toBeNull();
    expect(draft.errorAt('number')).toBe('Заполните');
    expect(draft.errorAt('amountKop')).toBe('Введите сумму цифрами, например 184 300,50');
    expect(draft.failure).toBe('Проверьте отмеченные поля.');
    expect(rest).not.toHaveBeenCalled();
    rest.mockRestore();
  });

  it('shows at the field what the server refuses', async () => {
    const draft = new RecordDraft({ number: '318' });
    const saved = await draft.save({
      schema: ProjectEditSchema,
      body: { number: '318' },
      send: () => {
        throw new ApiError({
          code: 'conflict',
          message: 'Такая запись уже есть',
          details: [{ field: 'number', reason: 'taken', message: 'Уже занято' }],
        });
      },
    });
    expect(saved).toBeNull();
    expect(draft.errorAt('number')).toBe('Уже занято');
    expect(draft.busy).toBe(false);
  });

  it('keeps what was typed and takes the rest from whoever was faster', async () => {
    const draft = new RecordDraft(fieldsOf(project), { labels: { objectAddress: 'projects.address' } });
    draft.values.template = 'dealer';
    const theirs: Project = { ...project, objectAddress: 'пр. Мира, 41', version: 5 };
    const rest = playRest(() => [
      409,
      { error: { code: 'conflict', message: 'Запись изменили', current: theirs } },
    ]);
    let current: Project | undefined;
    await saveProject(draft, project, (now) => {
      current = now;
    });
    expect(current).toEqual(theirs);
    draft.rebase(fieldsOf(theirs));
    expect(draft.note).toContain('адрес');
    expect(draft.values).toMatchObject({ template: 'dealer', objectAddress: 'пр. Мира, 41' });
    expect(draft.changed).toEqual(['template']);
    rest.mockRestore();
  });

  it('says nothing of others when what they changed is what was typed here, and sends the rest upon it', async () => {
    const draft = new RecordDraft(fieldsOf(project), { labels: { objectAddress: 'projects.address' } });
    draft.values.objectAddress = 'пр. Мира, 41';
    // The answer to it was lost, and more was typed.
    const mine: Project = { ...project, objectAddress: 'пр. Мира, 41', version: 4 };
    draft.values.note = 'Домофон не работает';
    const sent: unknown[] = [];
    const rest = playRest((_method, _path, body, headers) => {
      sent.push(headers['If-Match'], body);
      return sent.length === 2
        ? [409, { error: { code: 'conflict', message: 'Запись изменили', current: mine } }]
        : { ...mine, note: 'Домофон не работает', version: 5 };
    });
    const saved = await saveProject(draft, project, (now) => draft.rebase(fieldsOf(now)));
    expect(saved?.version).toBe(5);
    expect(sent).toEqual([
      '3',
      { objectAddress: 'пр. Мира, 41', note: 'Домофон не работает' },
      '4',
      { note: 'Домофон не работает' },
    ]);
    expect(draft.note).toBe('');
    rest.mockRestore();
  });

  it('makes a record under one id, however often it is sent, and goes on with the one that was made', async () => {
    const draft = new RecordDraft(fieldsOf(null));
    Object.assign(draft.values, { number: '318', objectAddress: 'ул. Садовая, 8' });
    const ids: unknown[] = [];
    const made: Project = { ...project, amountKop: null, version: 1 };
    const rest = playRest((_method, _path, body) => {
      ids.push((body as { id?: string }).id);
      if (ids.length === 1) throw new TypeError('the line is cut');
      return [409, { error: { code: 'conflict', message: 'Уже есть', current: made } }];
    });
    let base: Project | null = null;
    const save = () =>
      saveProject(draft, base, (now) => {
        draft.rebase(fieldsOf(now));
        base = now;
      });
    expect(await save()).toBeNull();
    expect(draft.failure).not.toBe('');
    draft.values.note = 'Домофон не работает';
    expect(await save()).toBeNull();
    expect(ids[0]).toMatch(/^[\da-f-]{36}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(base).toEqual(made);
    expect(draft.note).toBe(
      'Запись уже создана, ответ не дошёл. Сохраните ещё раз, и изменится она; другую начните заново.',
    );
    expect(draft.changed).toEqual(['note']);
    rest.mockRestore();
  });

  it('keeps nothing while nobody is signed in', () => {
    const draft = openDraft('k', { name: '' });
    draft.values.name = 'Анна';
    draft.keep();
    expect(openDraft('k', { name: '' }).dirty).toBe(false);
  });
});

describe('a form that was not saved', () => {
  beforeAll(async () => {
    const rest = playRest(() => testSession());
    await session.signIn('anna', 'plain-lantern-42');
    rest.mockRestore();
  });

  it('keeps what was typed until it is saved, over what others change, and no password', () => {
    const draft = openDraft('k', { name: '', note: 'а', password: '' }, { never: ['password'] });
    draft.values.name = 'Анна';
    draft.values.password = 'тайна';
    draft.keep();
    expect(JSON.stringify({ ...localStorage })).toContain('Анна');
    expect(JSON.stringify({ ...localStorage })).not.toContain('тайна');

    const again = openDraft(
      'k',
      { name: 'Яна', note: 'б', password: '' },
      { labels: { name: 'people.name', note: 'projects.note' } },
    );
    expect(again.values).toEqual({ name: 'Анна', note: 'б', password: '' });
    expect(again.restored).toBe(true);
    // Of the note nothing was typed here: it just follows.
    expect(again.note).toContain('имя');
    expect(again.note).not.toContain('заметк');
    expect(again.id).toBe(draft.id);
    again.startAnew();
    expect(again.id).not.toBe(draft.id);
    expect([again.values.name, again.note]).toEqual(['Яна', '']);
    again.keep();
    expect(openDraft('k', { name: '', note: '', password: '' }).dirty).toBe(false);
  });

  it('makes another record from a copy of what is typed in a tab that is still open', () => {
    const other = new FormDrafts({ id: newId(), isOpen: () => true, ask: () => {} });
    const id = newId();
    other.keep('record.o', { start: { number: '' }, values: { number: '12' }, id });
    const isOpen = jest.spyOn(tabs, 'isOpen').mockReturnValue(true);
    const copy = openDraft('o', { number: '' });
    expect(copy.values.number).toBe('12');
    expect(copy.id).not.toBe(id);
    // Left behind by a tab that was closed, it is that record still: an answer may have been lost.
    isOpen.mockReturnValue(false);
    expect(openDraft('o', { number: '' }).id).toBe(id);
    isOpen.mockRestore();
    other.keep('record.o', null);
  });

  it('keeps nothing of a form whose fields are others now', () => {
    const draft = openDraft('k', { name: '' });
    draft.values.name = 'Анна';
    draft.keep();
    expect(openDraft('k', { title: '' }).values).toEqual({ title: '' });
    draft.letGo();
    expect(openDraft('k', { name: '' }).dirty).toBe(false);
  });

  it('says no longer what was wrong with a field that was corrected', async () => {
    const draft = new RecordDraft(fieldsOf(null));
    draft.values.amountKop = 'много';
    await saveProject(draft, null, () => {});
    draft.values.amountKop = '100';
    expect(Object.keys(draft.errors)).toEqual(['number']);
    expect(draft.failure).not.toBe('');
    draft.values.number = '7';
    expect(draft.errors).toEqual({});
    expect(draft.failure).toBe('');
  });
});
