// Legal events at the far ends of everything an event may hold, and old ones beyond: none may cost more than itself.
import type { Locale } from '@svodka/shared/contracts/common';
import {
  DUE_STATES,
  EventCreateSchema,
  IMPORTANCES,
  STATUSES,
  type SvodkaEvent,
  VISIBILITIES,
} from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { EVENT_TYPES, type EventType, moduleOf } from '@svodka/shared/contracts/modules';
import { PAYLOAD_FIELDS, type PayloadField } from '@svodka/shared/contracts/payload';
import { isolated } from '@svodka/shared/messages/isolate';
import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { Component } from 'svelte';
import { testEvent } from '../../testing/events.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest } from '../../testing/sign-in.ts';

playSocket();
const { default: DeskHost } = await import('../../testing/DeskHost.svelte');
const { default: GuardedRow } = await import('./GuardedRow.svelte');
const { default: Facts } = await import('../event/Facts.svelte');
const { i18n } = await import('../../state/i18n.svelte.ts');
const { refs } = await import('../../state/refs.svelte.ts');

const ZERO = '\u200b\u200d\ufeff';
const BIDI = '\u202e\u2067реверс\u2066 \u202d№ 1\u202b';
const EMOJI = '👨‍👩‍👧‍👦🏳️‍🌈'.repeat(8);
const long = (max: number) => `${'Ж'.repeat(max - 12)}${'\u0301'.repeat(12)}`;
const lines = (max: number) => [
  long(max),
  `${ZERO}x${ZERO}`,
  `${BIDI}`,
  EMOJI.slice(0, max),
  'שלום 12',
  '<b>&amp;{count}</b>',
];

/** The ends of what a field of the payload takes, by its kind. */
function ends({ kind, options = [], min = 0 }: PayloadField): unknown[] {
  switch (kind) {
    case 'money':
      return [1e13, 1];
    case 'integer':
    case 'decimal':
      return [min, 1e6];
    case 'percent':
      return [0, 100, 33.333];
    case 'line':
    case 'crew':
      return lines(200);
    case 'text':
      return lines(4000);
    case 'phone':
      return ['+7 (999) 999-99-99', '112', '((((((', '+99999999999999999999999'];
    case 'date':
      return ['1990-01-01', '2100-12-31'];
    case 'duration':
      return [0, 86_400_000, 1];
    case 'person':
      return ['00000000-0000-7000-8000-000000000000'];
    case 'choice':
      return [...options];
    case 'openings': {
      const most = { widthMm: [1, 20_000], heightMm: [20_000, 1], room: long(80), note: BIDI, quarter: true };
      return [
        Array.from({ length: 200 }, () => ({ no: 999, ...most })),
        [{ no: 1, widthMm: [1, 1], heightMm: [1, 1] }],
      ];
    }
  }
}

const ends64 = {
  fields: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}${long(50)}`, long(1000)])),
};
const twice = (type: EventType) => ({
  // A further column may be called like a field of ours.
  fields: {
    Сумма: 1,
    Amount: 1,
    Причина: 'x',
    [type.replace('.', ' ')]: null,
    constructor: true,
    x: -1e300,
    y: 0.1 + 0.2,
  },
});

/** For one type: each field at each of its ends, once all together and the rest empty. */
function payloads(type: EventType): Record<string, unknown>[] {
  const fields = PAYLOAD_FIELDS[type] ?? [];
  const most = Math.max(1, ...fields.map((field) => ends(field).length));
  const required = Object.fromEntries(
    fields.filter((field) => field.required).map((field) => [field.name, ends(field)[0]]),
  );
  const full = Array.from({ length: most }, (_, i) =>
    Object.fromEntries(fields.map((field) => [field.name, ends(field)[i % ends(field).length]])),
  );
  return [required, { ...required, ...ends64 }, { ...required, ...twice(type) }, ...full];
}

const MOMENTS = ['1990-01-01T00:00:00.000Z', '2100-12-31T23:59:59.999Z', '2026-03-14T06:00:00.000Z'];

function* events(type: EventType): Generator<SvodkaEvent> {
  const titles = ['x', ...lines(300)];
  const all = payloads(type);
  let i = EVENT_TYPES.indexOf(type);
  const pick = <T>(from: readonly T[]): T => from[i % from.length] as T;
  // Every payload once, and every state of a deadline at least once.
  for (let n = 0; n < Math.max(all.length, DUE_STATES.length); n++) {
    i++;
    const payload = all[n % all.length] as Record<string, unknown>;
    const dueState = DUE_STATES[n % DUE_STATES.length] as (typeof DUE_STATES)[number];
    const dueAt = dueState === 'none' && i % 2 ? null : pick(MOMENTS);
    const status = dueState === 'done' ? 'resolved' : pick(STATUSES);
    const who = newId();
    yield testEvent(newId(), 0, {
      type,
      module: moduleOf(type),
      title: pick(titles),
      body: pick(['', `${long(9000)}\n${'\n'.repeat(900)}`, `\n\n${BIDI}`]),
      importance: pick(IMPORTANCES),
      visibility: pick(VISIBILITIES),
      status,
      occurredAt: pick([...MOMENTS].reverse()),
      recordedAt: pick(MOMENTS),
      dueAt,
      dueState,
      dueAllDay: dueAt !== null && i % 3 === 0,
      dueLocal: dueAt?.slice(0, i % 3 === 0 ? 10 : 16) ?? null,
      dueZone: dueAt && 'Pacific/Kiritimati',
      resolved: status === 'resolved' ? { at: pick(MOMENTS), by: pick([null, newId()]) } : null,
      projectId: pick([null, newId()]),
      counterpartyIds: pick([[], [who, who], Array.from({ length: 20 }, () => newId())]),
      itemIds: pick([[], Array.from({ length: 200 }, (_, n) => `${n}${BIDI}`)]),
      author: { userId: pick([null, newId()]), name: pick(['', ...lines(120)]) },
      source: pick([null, { module: pick(['mail', 'system'] as const), externalId: BIDI }]),
      counters: { comments: pick([0, 1, 1e9]) },
      payload: payload as SvodkaEvent['payload'],
    });
  }
}

const onopen = () => {};
const drawn = (part: unknown, props: Record<string, unknown>) =>
  render(DeskHost, { props: { part: part as Component<Record<string, unknown>>, props } });
const row = (event: SvodkaEvent, more: object = {}) =>
  drawn(GuardedRow, {
    row: { event, ghost: false, fresh: false },
    onopen,
    onmenu: onopen,
    onfocus: onopen,
    ...more,
  });

let rest: ReturnType<typeof playRest>;
let faults: unknown[];
beforeEach(() => {
  faults = [];
  rest = playRest((_method, path, body) => {
    if (path === '/page-faults') faults.push(body);
    return {};
  });
});
afterEach(() => {
  cleanup();
  rest.mockRestore();
  i18n.setLocale('ru');
  i18n.setZone('Europe/Moscow');
});

describe('legal events at the far ends', () => {
  it('are legal', () => {
    for (const type of EVENT_TYPES) {
      for (const payload of payloads(type)) {
        const { error } = EventCreateSchema.safeParse({ type, title: 'x', payload });
        expect([type, error?.issues.slice(0, 1) ?? []]).toEqual([type, []]);
      }
    }
  });

  it.each((['ru', 'en'] as Locale[]).flatMap((locale) => EVENT_TYPES.map((type) => [locale, type] as const)))(
    'are drawn in %s: %s',
    (locale, type) => {
      i18n.setLocale(locale);
      for (const event of events(type)) {
        i18n.setZone(event.occurredAt.startsWith('2100') ? 'Pacific/Kiritimati' : 'Pacific/Niue');
        const { container } = row(event);
        expect(container.querySelector('.row time')).not.toBeNull();
        expect(() => drawn(Facts, { event })).not.toThrow();
        cleanup();
      }
      expect(faults).toEqual([]);
    },
  );
});

describe('events of before the bounds', () => {
  it.each(['0000', '0001', '0026', '0202', '0999', '1030', '9999'])('are drawn: year %s', (year) => {
    for (const [zone, at] of [
      ['Pacific/Kiritimati', `${year}-12-31T23:59:59.000Z`],
      ['Pacific/Niue', `${year}-01-01T00:00:00.000Z`],
    ] as const) {
      i18n.setZone(zone);
      for (const dueState of DUE_STATES) {
        for (const dueAllDay of [true, false]) {
          const resolved = dueState === 'done' ? { at, by: null } : null;
          const dueLocal = dueAllDay ? at.slice(0, 10) : at.slice(0, 16);
          const event = testEvent(newId(), 0, {
            occurredAt: at,
            recordedAt: at,
            dueAt: at,
            dueState,
            dueAllDay,
            dueLocal,
            resolved,
          });
          const { container } = row(event);
          expect(container.querySelector('.row time')).not.toBeNull();
          expect(() => drawn(Facts, { event })).not.toThrow();
          cleanup();
        }
      }
    }
    expect(faults).toEqual([]);
  });
});

describe('a row that cannot be drawn', () => {
  const broken = testEvent(newId(), 1, { title: 'Совсем плохое', occurredAt: 'never' });

  it('names itself, can be opened and asked for its menu, and is told to the server without its words', async () => {
    const done: string[] = [];
    row(broken, { onopen: () => done.push('open'), onmenu: () => done.push('menu') });
    row(testEvent(newId(), 2, { title: 'Соседнее' }));
    const stand = screen.getByText('Не удалось показать «Совсем плохое»').closest('article') as HTMLElement;
    expect(screen.getByText('Соседнее')).toBeTruthy();
    expect(stand.dataset.id).toBe(broken.id);
    await userEvent.click(stand);
    await userEvent.pointer({ keys: '[MouseRight]', target: stand });
    expect(done).toContain('open');
    expect(done).toContain('menu');
    await waitFor(() => expect(faults).toHaveLength(1));
    expect(faults[0]).toMatchObject({ part: 'row', error: 'RangeError', id: broken.id });
    expect(JSON.stringify(faults)).not.toContain('плохое');
  });

  it('is drawn again when it changes into what can be', async () => {
    const props = { onopen, onmenu: onopen, onfocus: onopen };
    const view = render(GuardedRow, {
      props: { row: { event: broken, ghost: false, fresh: false }, ...props },
    });
    expect(screen.getByText(/Не удалось показать/)).toBeTruthy();
    const mended = { ...broken, title: 'Исправлено', occurredAt: '2026-03-14T06:00:00.000Z', version: 2 };
    await view.rerender({ row: { event: mended, ghost: false, fresh: false } });
    await waitFor(() => expect(screen.getByText('Исправлено')).toBeTruthy());
    expect(screen.queryByText(/Не удалось показать/)).toBeNull();
  });
});

it('keeps what turns text around inside of each part of a row', async () => {
  const id = newId();
  const { contextOf } = await import('../event-look/event-words.ts');
  refs.add({ projects: [], users: [], counterparties: [{ id, name: BIDI } as never] });
  expect(contextOf(testEvent(newId(), 1, { counterpartyIds: [id] }))).toContain(isolated(BIDI));
});
