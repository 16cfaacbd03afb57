import { guessTargets } from './guess.ts';

describe(guessTargets.name, () => {
  it('knows the words of a Russian table', () => {
    expect(
      guessTargets([
        'Дата',
        'Событие',
        'Номер заказа',
        'Клиент',
        'Срок монтажа',
        'Ответственный',
        'Примечание',
      ]),
    ).toEqual({
      Дата: 'occurredAt',
      Событие: 'title',
      'Номер заказа': 'project',
      Клиент: 'counterparty',
      'Срок монтажа': 'dueAt',
      Ответственный: 'author',
      Примечание: 'body',
    });
  });

  it('knows the words of an English one, whatever joins them', () => {
    expect(guessTargets(['event_name', 'time:timestamp', 'case-id', 'Priority', 'record id'])).toEqual({
      event_name: 'title',
      'time:timestamp': 'occurredAt',
      'case-id': 'project',
      Priority: 'importance',
      'record id': 'externalId',
    });
  });

  it('keeps what only a few may read out of everything but its own place', () => {
    const columns = ['ZNUMB', 'KNAME', 'KPRIM'];
    expect(guessTargets(columns, [], 'orders').KPRIM).toBe('confidentialNote');
    expect(guessTargets(columns, [], 'events').KPRIM).toBe('ignore');
    expect(guessTargets(columns, [], 'counterparties').KPRIM).toBe('ignore');
  });

  it('gives each target once and keeps what it does not know', () => {
    expect(guessTargets(['Дата', 'Дата отгрузки', 'Цвет профиля'])).toEqual({
      Дата: 'occurredAt',
      'Дата отгрузки': 'keep',
      'Цвет профиля': 'keep',
    });
  });

  it('takes the day from one column and the time of it from another', () => {
    const looks = (name: string, looks: 'date' | 'time' | 'text') => ({ name, looks, words: [] });
    const survey = [looks('Время', 'time'), looks('Дата', 'date'), looks('Тема', 'text')];
    expect(guessTargets(['Время', 'Дата', 'Тема'], survey)).toEqual({
      Время: 'occurredTime',
      Дата: 'occurredAt',
      Тема: 'title',
    });
    const spent = [looks('Дата', 'date'), looks('Время выполнения', 'time')];
    expect(guessTargets(['Дата', 'Время выполнения'], spent)['Время выполнения']).toBe('keep');
  });

  it('takes a name by all of it: a number of something else is no number of the record', () => {
    for (const name of [
      'Номер дома',
      'Номер квартиры',
      'Код товара',
      'Номер счёта',
      'Почтовый код',
      'car number',
      'Телефон менеджера',
      'Отдел менеджера',
      'manager email',
      'user id',
      'customer email',
    ])
      expect([name, guessTargets(['Дата', 'Событие', name])[name]]).toEqual([name, 'keep']);
    for (const name of [
      'Номер записи',
      '№ п/п',
      'ID события',
      'Код обращения',
      'Issue key',
      'call_id',
      'Внешний код',
    ])
      expect([name, guessTargets(['Дата', 'Событие', name])[name]]).toEqual([name, 'externalId']);
    expect(guessTargets(['Дата', 'Имя менеджера', 'Событие'])).toMatchObject({ 'Имя менеджера': 'author' });
    expect(guessTargets(['Номер дома', 'Заказчик'], [], 'orders')['Номер дома']).toBe('keep');
    expect(guessTargets(['Номер дома', 'Наименование'], [], 'counterparties')['Номер дома']).toBe('keep');
  });

  it('takes a column of any name', () => {
    expect(guessTargets(['constructor', '__proto__', ''])).toMatchObject({ constructor: 'keep', '': 'keep' });
  });
});
