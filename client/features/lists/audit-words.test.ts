import type { AuditRecord } from '@svodka/shared/contracts/audit';
import { label } from '../../state/i18n.svelte.ts';
import { detailWords, objectPath, objectWords, whatWords, whoWords } from './audit-words.ts';

const said = (what: AuditRecord['what']) => whoWords({ who: null, what } as AuditRecord);

const about = (kind: string, details = {}) =>
  ({ object: { kind, id: '01890000-0000-7000-8000-000000000001' }, details }) as unknown as AuditRecord;
const title = {
  id: '01890000-0000-7000-8000-000000000001',
  eventId: '01890000-0000-7000-8000-000000000002',
  type: 'note.free',
  title: 'Стекло с трещиной',
  isGone: false,
} as const;

describe('what a record of the access log is about', () => {
  it('has a name, and a page wherever there is one to go to', () => {
    expect(objectWords(about('comment'), title)).toBe('комментарий: Стекло с трещиной');
    expect(objectPath(about('comment'), title)).toBe(`/?event=${title.eventId}`);
    expect(objectPath(about('event'), { ...title, isGone: true })).toBeNull();
    expect(objectPath(about('event'))).toBeNull();
    expect(objectWords(about('token', { module: 'finance' }))).toBe('ключ модуля: Финансы');
    expect(objectPath(about('token', { module: 'finance' }))).toBe('/sources?module=finance');
    expect(objectPath(about('route'))).toBeNull();
    for (const kind of ['user', 'project', 'counterparty', 'crew', 'import'])
      expect(objectPath(about(kind))).toContain(title.id);
  });
});

describe('which rule a record is about', () => {
  it('is said by its present name, or as the starting set calls it', () => {
    const rule = { id: title.id, code: null, name: 'Брак по заказу' };
    expect(objectWords(about('rule'), undefined, rule)).toBe('правило: Брак по заказу');
    const ours = { ...rule, code: 'prepaid', name: null } as const;
    expect(objectWords(about('rule', { code: 'prepaid' }), undefined, ours)).toBe(
      `правило: ${label('rule.prepaid')}`,
    );
    expect(objectWords(about('rule'))).toBe('правило');
  });
});

describe('what else a record says', () => {
  it('whether roles or only the department are others', () => {
    const of = (from: string[], to: string[], department: boolean) =>
      ({ what: 'person.rights', details: { from, to, department } }) as unknown as AuditRecord;
    expect(whatWords(of(['orders'], ['orders'], true))).toBe('Изменён отдел');
    expect(detailWords(of(['orders'], ['orders'], true))).toBe('');
    expect(whatWords(of(['orders'], ['finance'], true))).toBe('Изменены роли');
    expect(detailWords(of(['orders'], ['finance'], true))).toBe('Отдел заказов → Финансы · и отдел');
    expect(detailWords(of(['orders'], ['finance'], false))).toBe('Отдел заказов → Финансы');
  });

  it('who wants no letters any more, where nobody here has written it down', () => {
    expect(said('consent.withdrawn')).toBe('Заказчик');
    expect(said('consent.given')).toBe('Система');
  });

  it('of which days a dossier was opened or taken', () => {
    for (const what of ['dossier.opened', 'dossier.taken']) {
      const record = { what, details: { from: '2020-11-01', to: '2020-12-28' } } as unknown as AuditRecord;
      expect(detailWords(record).replace(/\s/g, ' ')).toBe('1 нояб. 2020 – 28 дек. 2020');
    }
  });
});

describe('which list was saved', () => {
  it('is said with its rows, its conditions and that words narrowed it', () => {
    const said = (details: object) =>
      detailWords({ what: 'list.saved', object: null, details } as unknown as AuditRecord);
    expect(said({ list: 'counterparties', rows: 120, filter: null, words: true })).toBe(
      'Контрагенты · 120 строк · по словам',
    );
    expect(said({ list: 'events', rows: 1, filter: 'importance:high', words: false })).toBe(
      'События · 1 строка · важность высокая',
    );
  });
});

describe('what a file brought', () => {
  const said = (what: string, details: object) =>
    detailWords({ what, object: null, details } as unknown as AuditRecord).replace(/\s/g, ' ');

  it('is said with its name, what became of it and the money', () => {
    const bank = { created: 3, changed: 0, unchanged: 2, refused: 1, sumKop: 18_430_000 };
    expect(said('payments.taken', { file: 'kl_to_1c.txt', ...bank })).toBe(
      'kl_to_1c.txt · создано: 3 · уже было: 2 · не принято: 1 · 184 300 ₽',
    );
    // Told before names and sums were told.
    expect(said('payments.taken', { created: 0, changed: 0, unchanged: 5, refused: 0 })).toBe(
      'создано: 0 · уже было: 5',
    );
    expect(
      said('table.taken', { file: 'a.csv', rows: 21, new: 0, events: 2, refused: 0, sumKop: -5_000 }),
    ).toBe('a.csv · 21 строка · событий: 2 · -50 ₽');
  });

  it('is said of an import and of its undoing', () => {
    expect(said('import.ended', { state: 'done', created: 13, changed: 2, errors: 1 })).toBe(
      'создано: 13 · изменено: 2 · ошибок: 1',
    );
    expect(said('import.ended', { state: 'cancelled', created: 500, changed: 0, errors: 0 })).toBe(
      'остановлен · создано: 500',
    );
    expect(said('import.undone', { created: 13, kept: 1 })).toBe('было создано: 13 · осталось: 1');
  });
});

describe('what of a year was changed', () => {
  const said = (details: object) =>
    detailWords({
      what: 'calendar.changed',
      object: { kind: 'calendar', id: '2020' },
      details,
    } as unknown as AuditRecord).replace(/\s/g, ' ');

  it('says which days became what, several on end as one, and that the year was given back', () => {
    expect(
      said({ reset: false, off: ['03-09', '05-04', '05-05', '05-06'], working: [], short: ['03-06'] }),
    ).toBe('выходной: 9 мар. 2020, 4 мая 2020 – 6 мая 2020 · сокращённый: 6 мар. 2020');
    expect(said({ reset: true, off: [], working: ['03-09'], short: [] })).toBe(
      'возвращён опубликованный · рабочий: 9 мар. 2020',
    );
    // Told before days were told.
    expect(said({ reset: true })).toBe('возвращён опубликованный');
  });
});

describe('who did what the access log names', () => {
  it('is nobody known while somebody tries to sign in, and the system where no person stands behind it', () => {
    expect(said('sign-in.failed')).toBe('Неизвестно кто');
    expect(said('sign-in.limited')).toBe('Неизвестно кто');
    expect(said('log.began')).toBe('Система');
  });
});
