import { BadRequestException, NotFoundException } from '@nestjs/common';
import { AppError, ERROR_CODES, ERRORS } from '@svodka/shared/contracts/errors';
import { EventCreateSchema } from '@svodka/shared/contracts/event';
import { reasonsFrom } from '@svodka/shared/contracts/issues';
import { catalogues } from '@svodka/shared/messages/catalogue';
import { mongo } from 'mongoose';
import { pino } from 'pino';
import { Logger } from '../logger/logger.ts';
import { contractError } from './contract-error.ts';
import { toErrorBody } from './error-body.ts';

const lines: string[] = [];
const logger = new Logger('', pino({ base: null }, { write: (line: string) => lines.push(line) }));
const body = (error: unknown, locale: 'ru' | 'en' = 'ru') => toErrorBody(error, locale, logger);

describe(toErrorBody.name, () => {
  it('has words in both languages and a status for every code', () => {
    for (const code of ERROR_CODES) {
      for (const locale of ['ru', 'en'] as const) {
        const { status, body: answer } = body(new AppError(code, 'for the log'), locale);
        expect(status).toBe(ERRORS[code].status);
        expect(answer.error.message).not.toContain('for the log');
        expect(answer.error.message.length).toBeGreaterThan(5);
      }
    }
  });

  it('hides what nobody foresaw, and finds it in the log by its incident', () => {
    const { status, body: answer } = body(new TypeError("Cannot read 'secret' of undefined"));
    expect(status).toBe(500);
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(lines.at(-1)).toContain(answer.error.incident);
    expect(lines.at(-1)).toContain('secret');
  });

  it.each([
    ['a store that does not answer', { name: 'MongoServerSelectionError' }, 'unavailable'],
    ['a line that broke', { name: 'Error', code: 'EPIPE', syscall: 'write' }, 'unavailable'],
    ['a client that was closed', new mongo.MongoClientClosedError(), 'unavailable'],
    ['a network error of any kind', new mongo.MongoNetworkTimeoutError('late'), 'unavailable'],
    ['an operation out of time', new mongo.MongoOperationTimeoutError('late'), 'unavailable'],
    [
      'what one of these caused',
      new Error('x', { cause: new mongo.MongoNetworkError('gone') }),
      'unavailable',
    ],
    ['a file that breaks', { name: 'Error', code: 'EPIPE' }, 'internal'],
    ['a store that closes', { name: 'MongoServerError', code: 11600 }, 'unavailable'],
    ['a full disk', { name: 'MongoServerError', code: 14031 }, 'insufficient-storage'],
    ['a query that takes too long', { name: 'MongoServerError', code: 50 }, 'validation'],
    ['a value that does not fit a schema', { name: 'CastError', path: 'version' }, 'validation'],
    ['what the framework throws', new BadRequestException(), 'validation'],
    ['an unknown address', new NotFoundException(), 'not-found'],
    ['anything else', { name: 'MongoServerError', code: 96 }, 'internal'],
    ['nothing', undefined, 'internal'],
  ])('knows %s', (_name, error, code) => {
    expect(body(error).body.error.code).toBe(code);
  });

  it('says when to come back', () => {
    const { body: answer } = body(new AppError('rate-limited', '', [], { retryAfter: 21 }));
    expect(answer.error).toMatchObject({ retryAfter: 21, message: expect.stringContaining('21 секунду') });
  });

  it('gives numbers to the words, and keeps them to itself', () => {
    const parsed = EventCreateSchema.safeParse({ type: 'note.free', title: 'x'.repeat(301) });
    const { body: answer } = body(contractError(parsed.error?.issues ?? []));
    expect(answer.error.details).toEqual([
      { field: 'title', reason: 'too-long', message: 'Не длиннее 300 знаков' },
    ]);
  });

  it('writes hostile text as one line of escaped JSON', () => {
    logger.warn('refused', { login: 'x\n{"level":60,"msg":"forged"}\u001b[31m' });
    const line = lines.at(-1)?.trimEnd() ?? '';
    expect([line.includes('\n'), line.includes('\u001b')]).toEqual([false, false]);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ msg: 'refused' });
  });
});

describe(reasonsFrom.name, () => {
  it('has words in both languages for every reason it gives', () => {
    const inputs = [
      null,
      [],
      {},
      { type: 'note.free', title: 5, body: 'x'.repeat(20_000), importance: 'no', occurredAt: 'yesterday' },
      {
        type: 'note.free',
        title: 'a\u0000b',
        due: { local: 'soon' },
        counterpartyIds: Array(21).fill('x'),
        itemIds: 'x',
      },
      {
        type: 'note.free',
        title: 'a',
        due: { at: '2026-01-01T00:00:00Z', leadMin: -1 },
        source: { module: 'x', externalId: '' },
      },
      { type: 'note.free', title: 'a', payload: { fields: { 'a.b': 1, $x: 2 } }, visibility: null, extra: 1 },
    ];
    for (const input of inputs) {
      const { error } = EventCreateSchema.safeParse(input);
      const reasons = reasonsFrom(error?.issues ?? []);
      expect(reasons.length).toBeGreaterThan(0);
      for (const { reason } of reasons) {
        expect(Object.keys(catalogues.ru)).toContain(`reason.${reason}`);
        expect(Object.keys(catalogues.en)).toContain(`reason.${reason}`);
      }
    }
  });

  it('names the branch of a union that fits best', () => {
    const parsed = EventCreateSchema.safeParse({
      type: 'note.free',
      title: 'a',
      due: { local: '2026-13-45', leadMin: 5 },
    });
    expect(reasonsFrom(parsed.error?.issues ?? [])).toMatchObject([{ field: 'due.local' }]);
  });
});
