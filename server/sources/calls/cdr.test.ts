// What a telephone system writes, and what it becomes; and the law that the same calls by any way, in any order and any
// number of times are the same events.
import { CALL_LIMITS, type CallRecord } from '@svodka/shared/contracts/calls';
import { IngestEventSchema } from '@svodka/shared/contracts/ingest';
import fc from 'fast-check';
import { eventOf, isCallTable, readCall } from './cdr.ts';
import { callsIn } from './cdr-file.ts';

const ZONE = 'Europe/Moscow';
const base: CallRecord = {
  uniqueid: '1732700000.42',
  src: '89165550101',
  dst: '101',
  start: '2026-11-27 10:00:00',
  answer: '2026-11-27 10:00:06',
  duration: '220',
  billsec: '214',
  disposition: 'ANSWERED',
  channel: 'PJSIP/trunk-0000002a',
  dstchannel: 'PJSIP/101-0000002b',
};
const read = (more: CallRecord) => readCall({ ...base, ...more }, ZONE);

describe('a call detail record', () => {
  it('is a call with its numbers, its moment, its length and who spoke', () => {
    expect(read({ userfield: 'срок монтажа' })).toEqual({
      id: '1732700000.42',
      type: 'call.in',
      at: new Date('2026-11-27T07:00:00Z'),
      from: '+79165550101',
      to: '101',
      given: '89165550101',
      durationMs: 214_000,
      agent: '101',
      topic: 'срок монтажа',
      recording: null,
    });
  });

  it.each<[string, CallRecord, object]>([
    [
      'one that nobody took',
      { disposition: 'NO ANSWER', billsec: '0' },
      { type: 'call.missed', durationMs: 0 },
    ],
    ['busy', { disposition: 'BUSY', billsec: '0' }, { type: 'call.missed' }],
    [
      'out of the house',
      { src: '101', dst: '8 (916) 555-01-01', channel: 'SIP/101-01' },
      { type: 'call.out', from: '101', to: '+79165550101', agent: '101', given: '8 (916) 555-01-01' },
    ],
    [
      'out, and nobody took it',
      { src: '101', dst: '89165550101', disposition: 'NO ANSWER' },
      { type: 'call.out', durationMs: 0 },
    ],
    ['out of a small house', { src: '11', dst: '89165550101' }, { type: 'call.out', from: null }],
    ['a hidden number', { src: 'anonymous' }, { type: 'call.in', from: null, given: null }],
    ['a name around the number', { src: '"Белова" <+79165550101>' }, { from: '+79165550101' }],
    [
      'what the system says itself',
      { src: '101', dst: '102', direction: 'outbound' },
      { type: 'call.out', to: '102' },
    ],
    ['the number that was called', { did: '84951234567' }, { to: '+74951234567' }],
    [
      'a moment as people here write it',
      { start: '27.11.2026 10:18' },
      { at: new Date('2026-11-27T07:18:00Z') },
    ],
    ['one with its seconds', { start: '27.11.2026 10:18:05' }, { at: new Date('2026-11-27T07:18:05Z') }],
    ['one of a workbook', { start: '46353.429166666669' }, { at: new Date('2026-11-27T07:18:00Z') }],
    ['seconds since 1970', { start: '1732700000' }, { at: new Date(1_732_700_000_000) }],
    [
      'a moment with its zone',
      { start: '2026-11-27T10:00:00+05:00' },
      { at: new Date('2026-11-27T05:00:00Z') },
    ],
    [
      'its recording',
      { recordingfile: '/var/spool/asterisk/monitor/2026/q-1.wav' },
      { recording: 'q-1.wav' },
    ],
    [
      'its recording in the field for anything',
      { userfield: 'audio:q-2.WAV' },
      { recording: 'q-2.WAV', topic: null },
    ],
    ['a way out of the folder', { recordingfile: '../../etc/x.wav' }, { recording: 'x.wav' }],
    ['no file of sound', { recordingfile: '../passwd' }, { recording: null }],
    [
      'words over several lines',
      { topic: 'срок\r\nмонтажа', agent: `${'я'.repeat(199)}😀`, userfield: '' },
      { topic: 'срок монтажа', agent: 'я'.repeat(199) },
    ],
    ['words that nobody sees', { topic: '\u200b', agent: '\u0001' }, { topic: null, agent: '101' }],
    ['a length as a clock', { billsec: '00:03:34' }, { durationMs: 214_000 }],
  ])('%s', (_name, more, expected) => {
    expect(read(more)).toMatchObject(expected);
  });

  it.each<[string, CallRecord, object]>([
    ['from desk to desk', { src: '102', dst: '101' }, { skip: 'internal' }],
    ['from desk to desk of a small house', { src: '12', dst: '11' }, { skip: 'internal' }],
    ['without its number', { uniqueid: '' }, { field: 'uniqueid', reason: 'required' }],
    ['without a moment', { start: null }, { field: 'start', reason: 'required' }],
    ['with a number of two lines', { uniqueid: '1\n2' }, { field: 'uniqueid', reason: 'control-characters' }],
    ['long ago', { start: '123456789' }, { field: 'start', reason: 'datetime' }],
    ['on no day', { start: '31.11.2026 10:18' }, { field: 'start', reason: 'no-such-date' }],
    ['at no moment', { start: 'вчера' }, { field: 'start', reason: 'datetime' }],
    ['of no length', { billsec: 'долго' }, { field: 'billsec', reason: 'duration' }],
    ['longer than a day', { billsec: '90000' }, { field: 'billsec', reason: 'duration' }],
  ])('that is none: %s', (_name, more, expected) => {
    expect(read(more)).toMatchObject(expected);
  });
});

it('reads whatever a record says as an event, or says what is wrong', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 250 }),
    fc.constantFrom(
      '',
      '101',
      '11',
      '+79165550101',
      '2026-11-27 10:00:00',
      '631152000',
      'вх',
      'ANSWERED',
      '7',
    ),
  );
  const field = fc.constantFrom(...Object.keys(base), 'agent', 'topic', 'userfield', 'did', 'direction');
  fc.assert(
    fc.property(fc.dictionary(field, text), (more) => {
      const call = read(more);
      if ('id' in call) expect(IngestEventSchema.safeParse(eventOf(call)).error).toBeUndefined();
    }),
  );
});

describe('a file of them', () => {
  const rows = async (text: string) => {
    const all: CallRecord[] = [];
    for await (const { record } of await callsIn(Buffer.from(text))) all.push(record);
    return all;
  };
  const master =
    '"","89165550101","101","from-trunk","""Белова"" <89165550101>","PJSIP/trunk-1","PJSIP/101-2","Dial","PJSIP/101,20","2026-11-27 10:00:00","2026-11-27 10:00:06","2026-11-27 10:03:40",220,214,"ANSWERED","DOCUMENTATION","1732700000.42","audio:q-1.wav"\n';

  it('Master.csv, which has no names', async () => {
    const [first, second, more] = await rows(master + master.replace('000.42', '001.43'));
    expect(readCall(first ?? {}, ZONE)).toMatchObject({ id: '1732700000.42', recording: 'q-1.wav' });
    expect(readCall(second ?? {}, ZONE)).toMatchObject({ id: '1732700001.43', durationMs: 214_000 });
    expect(more).toBeUndefined();
  });

  it('of FreePBX, by its names', async () => {
    const head = 'calldate,clid,src,dst,disposition,billsec,uniqueid,did,recordingfile\n';
    expect(isCallTable(head.trim().split(','))).toBe(true);
    const [only] = await rows(`${head}2026-11-27 10:00:00,x,89165550101,101,ANSWERED,12,1.2,,in-1.wav\n`);
    expect(readCall(only ?? {}, ZONE)).toMatchObject({ type: 'call.in', recording: 'in-1.wav' });
  });

  it('but not of more rows than one may have', async () => {
    const head = 'calldate,src,dst,disposition,billsec,uniqueid\n';
    const text = head + ',,,,,1\n'.repeat(CALL_LIMITS.rows + 1);
    await expect(callsIn(Buffer.from(text))).rejects.toMatchObject({ code: 'too-large' });
  });

  it.each(['Дата;Сумма\n1;2\n', 'a,b\n', ''])('and nothing else: %j', async (text) => {
    await expect(callsIn(Buffer.from(text))).rejects.toMatchObject({ code: 'validation' });
  });
});
