import sharp from 'sharp';
import { Logger } from '../../platform/logger/logger.ts';
import { Pictures } from './pictures.service.ts';

const GREEDY = 'greedy';
const OTHER = 'other';

describe(Pictures.name, () => {
  let pictures: Pictures;
  beforeEach(() => {
    pictures = new Pictures(new Logger('fatal'));
  });
  afterEach(() => pictures.onModuleDestroy());

  const small = sharp({ create: { width: 40, height: 30, channels: 3, background: '#345' } });
  const jpeg = () => small.clone().jpeg().toBuffer();
  /** The pictures of one person, the first of which is looked at until it is let go. */
  function crowd(count: number) {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const seen: string[] = [];
    const bytesOf = async () => {
      seen.push(GREEDY);
      await gate;
      return jpeg();
    };
    const all = Array.from({ length: count }, () => pictures.picture(GREEDY, 'image/jpeg', bytesOf));
    return { all, seen, open };
  }

  it('one person fills with them let everybody else say what their files are, and take the next turn', async () => {
    const { all, seen, open } = crowd(6);
    expect(await pictures.typeOf(OTHER, await jpeg())).toBe('image/jpeg');
    const mine = pictures.picture(OTHER, 'image/jpeg', async () => {
      seen.push(OTHER);
      return jpeg();
    });
    open();
    expect(await mine).toMatchObject({ width: 40, height: 30 });
    await Promise.all(all);
    expect(seen.indexOf(OTHER)).toBeLessThanOrEqual(2);
  });

  it('wait in a number that one person is told of, and hold no bytes until their turn', async () => {
    const { all, seen, open } = crowd(16);
    const refused = Promise.allSettled(all).then((answers) =>
      answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : [])),
    );
    expect(seen).toEqual([GREEDY]);
    open();
    const why = await refused;
    expect(why.length).toBe(3);
    expect(why[0]).toMatchObject({ code: 'rate-limited', message: '#pictures-wait' });
  });

  it('that take very long for their points may have fewer of them', async () => {
    const wide = sharp({ create: { width: 6_100, height: 6_100, channels: 3, background: '#345' } });
    const avif = await wide.avif({ effort: 0 }).toBuffer();
    await expect(pictures.picture(OTHER, 'image/avif', async () => avif)).rejects.toMatchObject({
      code: 'too-large',
      message: '#too-many-slow-pixels',
    });
  });
});
