import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { until } from '../../test/support/until.ts';
import { dossierZip } from './dossier-zip.ts';

const zipOf = (page: AsyncGenerator<string>) =>
  dossierZip(
    [],
    page,
    async () => null,
    () => '',
  );

describe(dossierZip, () => {
  it('is cut where the page cannot be read on', async () => {
    async function* broken() {
      yield '<!doctype html>';
      throw new Error('the store is away');
    }
    const nowhere = new Writable({ write: (_bytes, _encoding, done) => done() });
    await expect(pipeline(zipOf(broken()), nowhere)).rejects.toThrow('the store is away');
  });

  it('reads no more once its reader has gone', async () => {
    let isLeft = false;
    async function* endless() {
      try {
        for (;;) yield 'page '.repeat(10_000);
      } finally {
        isLeft = true;
      }
    }
    const zip = zipOf(endless());
    zip.once('data', () => zip.destroy());
    await until(() => isLeft, { what: 'the page is left' });
  });
});
