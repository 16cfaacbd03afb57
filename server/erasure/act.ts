// What is shown to whoever asks whether it was done: an act, and the extract of the log that goes with it.
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locale } from '@svodka/shared/contracts/common';
import { translate } from '@svodka/shared/messages/catalogue';
import { DateTime } from 'luxon';
import type { Erased } from './erase.ts';
import { actsIn } from './list.ts';

export type Act = {
  company: string;
  zone: string;
  /** Of the card: the person has no other name any more. */
  number: string;
  cardIds: readonly string[];
  at: Date;
  erased: Erased;
  /** Bytes of the store that were looked through, and what was found; null: nothing was left to look for; or another store. */
  looked: { bytes: number; found: number } | 'elsewhere' | null;
};

const KINDS = ['cards', 'orders', 'events', 'comments', 'files', 'letters', 'links', 'mentions'] as const;

/** @returns its path */
export async function writeAct(dataDir: string, act: Act, locale: Locale): Promise<string> {
  const directory = actsIn(dataDir);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const day = DateTime.fromJSDate(act.at, { zone: act.zone }).toISODate();
  const path = join(
    directory,
    `${day}-${act.number.replace(/[^\p{L}\p{N}-]/gu, '_')}-${randomUUID().slice(0, 4)}.txt`,
  );
  await writeFile(path, textOf(act, locale), { mode: 0o600, flush: true });
  return path;
}

function textOf({ company, zone, number, cardIds, at, erased, looked }: Act, locale: Locale): string {
  const say = (key: Parameters<typeof translate>[1], params?: Parameters<typeof translate>[2]) =>
    translate(locale, key, params);
  const moment = DateTime.fromJSDate(at, { zone }).toFormat('dd.MM.yyyy HH:mm:ss ZZ');
  const line = '_______________________';
  return [
    say('erasure.act.title', { number }),
    '',
    say('erasure.act.operator', { company }),
    say('erasure.act.subject', { number, ids: cardIds.join(', ') }),
    say('erasure.act.when', { moment }),
    say('erasure.act.ground', { line }),
    say('erasure.act.categories'),
    say('erasure.act.way'),
    looked === 'elsewhere'
      ? say('erasure.act.elsewhere')
      : looked
        ? say('erasure.act.looked', { bytes: String(looked.bytes), found: looked.found })
        : say('erasure.act.unlooked'),
    say('erasure.act.backups'),
    '',
    say('erasure.act.extract'),
    ...KINDS.map((kind) => `${moment}\t${say(`erasure.kind.${kind}`)}\t${erased[kind]}`),
    '',
    say('erasure.act.sign', { line }),
    '',
  ].join('\n');
}
