import { Readable } from 'node:stream';
import type { INestApplicationContext } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { EventType } from '@svodka/shared/contracts/modules';
import type { Opening } from '@svodka/shared/contracts/payload';
import type { Actor } from '@svodka/shared/rules/permissions';
import { EventsService } from '../events/events.service.ts';
import { UploadsService } from '../files/uploads.service.ts';
import type { DemoClock } from './clock.ts';
import { form, sheetPhoto } from './papers.ts';
import { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import type { Scene } from './story.ts';

/** Of the newest: what somebody looks at in a demo, and no more than takes a few seconds. */
const PAPERS: Partial<Record<EventType, number>> = {
  'measure.sheet': 20,
  'waybill.included': 5,
  'contract.signed': 5,
};

/** Attaches papers that are drawn on the spot, minutes after what they belong to. @returns how many */
export async function attachPapers(
  app: INestApplicationContext,
  clock: DemoClock,
  company: Scenario,
  { events, writerOf }: { events: ReadonlyMap<Scene, Id>; writerOf: (scene: Scene) => Actor },
): Promise<number> {
  const random = new Random(11);
  const uploads = app.get(UploadsService);
  let count = 0;
  for (const [type, most] of Object.entries(PAPERS)) {
    const scenes = company.scenes.filter(
      (scene) => scene.type === type && scene.order !== null && events.has(scene),
    );
    const newest = scenes.slice(-most);
    const docs = await app.get(EventsService).byIds(newest.map((scene) => events.get(scene) as Id));
    const papered = new Set(docs.flatMap(({ _id, attachments }) => (attachments?.length ? [_id] : [])));
    for (const scene of newest) {
      const eventId = events.get(scene) as Id;
      if (papered.has(eventId)) continue;
      const number = company.orders[scene.order ?? -1]?.number ?? '';
      const titled = { number, date: scene.at.toFormat('dd.MM.yyyy') };
      const { name, bytes } = await paper(random, scene, titled);
      clock.setTo(scene.at.plus({ minutes: 6 }).toJSDate());
      const owner = { kind: 'event' as const, id: eventId };
      const { upload } = await uploads.begin(writerOf(scene), { owner, name, size: bytes.length });
      await uploads.append(writerOf(scene), upload.id, 0, Readable.from([bytes]));
      count++;
    }
  }
  clock.setTo(null);
  return count;
}

async function paper(
  random: Random,
  { type, title, payload }: Scene,
  titled: { number: string; date: string },
) {
  const { number } = titled;
  if (type === 'measure.sheet')
    return {
      name: `Замерный лист ${number}.jpg`,
      bytes: await sheetPhoto(random, titled, payload.openings as Opening[]),
    };
  if (type === 'waybill.included')
    return {
      name: `Накладная ${payload.docNo ?? number}.pdf`,
      bytes: form(random, 'накладная', titled, [title, String(payload.material ?? ''), 'отпустил', 'принял']),
    };
  return {
    name: `Договор ${payload.docNo ?? number}.pdf`,
    bytes: form(random, 'договор', titled, [
      'предмет: изделия по замерному листу',
      title,
      'исполнитель',
      'заказчик',
    ]),
  };
}
