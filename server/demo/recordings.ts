// Calls that can be heard: tones in the rhythm of speech, made on the spot, nobody's voice.
import { Readable } from 'node:stream';
import type { INestApplicationContext } from '@nestjs/common';
import { actorOf } from '../accounts/actor.ts';
import { CommentsService } from '../discussion/comments.service.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { Recordings } from '../files/recordings.service.ts';
import { UploadsService } from '../files/uploads.service.ts';
import { derivedId } from '../platform/mongo/derived-id.ts';
import type { People } from './company.ts';
import { Random } from './random.ts';

const RECORDED = 5;
/** Longer ones would be megabytes. */
const MOST_SECONDS = 120;
const LOOKED_AT = 400;
const RATE = 8_000;
const DAYS = 90 * 24 * 3_600_000;

/** A wave file of 8 bits, mono: two tones by turns, each in syllables. */
export function syntheticCall(seconds: number, random: Random): Buffer {
  const length = Math.round(seconds * RATE);
  const wave = Buffer.alloc(44 + length, 128);
  wave.write('RIFF', 0, 'latin1');
  wave.writeUInt32LE(36 + length, 4);
  wave.write('WAVEfmt ', 8, 'latin1');
  wave.writeUInt32LE(16, 16);
  wave.writeUInt16LE(1, 20);
  wave.writeUInt16LE(1, 22);
  wave.writeUInt32LE(RATE, 24);
  wave.writeUInt32LE(RATE, 28);
  wave.writeUInt16LE(1, 32);
  wave.writeUInt16LE(8, 34);
  wave.write('data', 36, 'latin1');
  wave.writeUInt32LE(length, 40);
  let pitch = 170;
  for (let at = 0; at < length; ) {
    const turn = Math.min(length, at + random.int(2, 7) * RATE);
    while (at < turn) {
      const syllable = Math.min(turn, at + random.int(900, 2_600));
      const loud = random.int(14, 70);
      const tone = pitch + random.int(-25, 25);
      for (const from = at; at < syllable; at++) {
        const shape = Math.sin((Math.PI * (at - from)) / (syllable - from));
        const wavy =
          Math.sin((2 * Math.PI * tone * at) / RATE) + 0.4 * Math.sin((4 * Math.PI * tone * at) / RATE);
        wave[44 + at] = 128 + Math.round(shape * loud * wavy);
      }
      at = Math.min(turn, at + random.int(200, 1_400));
    }
    pitch = pitch === 170 ? 240 : 170;
    at += random.int(1, 6) * 800;
  }
  return wave;
}

/** Puts recordings to some of the latest short calls of orders, and a comment that points into one. @returns how many were not there */
export async function record(
  app: INestApplicationContext,
  people: People,
  seed: number,
  now: Date,
): Promise<number> {
  const random = new Random(seed);
  const found = await app
    .get(EventsRepository)
    .recent(['call.in', 'call.out'], new Date(now.getTime() - DAYS), { limit: LOOKED_AT });
  const calls = found
    .filter(({ projectId, occurredAt, payload: { durationMs } }) => {
      const seconds = typeof durationMs === 'number' ? durationMs / 1000 : 0;
      return projectId !== null && occurredAt <= now && seconds >= 40 && seconds <= MOST_SECONDS;
    })
    .slice(0, RECORDED);
  const until = app.get(Recordings).lastDay(365);
  let recorded = 0;
  for (const [i, { _id, payload, attachments }] of calls.entries()) {
    if (attachments?.length) continue;
    const wave = syntheticCall(Number(payload.durationMs) / 1000, random);
    const isNew = await app.get(UploadsService).takeRecording(
      {
        id: derivedId(new Date(0), 'demo recording', _id),
        owner: { kind: 'event', id: _id },
        name: `синтетический разговор ${i + 1}.wav`,
        size: wave.length,
        recording: { basis: i % 2 === 0 ? 'contract' : 'consent', until },
      },
      Readable.from([wave]),
    );
    if (isNew) recorded++;
  }
  const maxim = people.get('maxim');
  if (maxim && calls[0] && recorded > 0)
    await app.get(CommentsService).create(actorOf(maxim), calls[0]._id, {
      id: derivedId(new Date(0), 'demo listened', calls[0]._id),
      body: 'На 0:32 договорились о дне монтажа, послушайте.',
      mentionIds: [],
      groups: [],
    });
  return recorded;
}
