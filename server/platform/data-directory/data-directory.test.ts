import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { birthOf } from '../../process-lock/process-identity.ts';
import { DATA_VERSION, DataDirectory, findStore } from './data-directory.ts';
import { EXIT } from './exit.ts';

let root: string;
let dir: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'svodka-data-'));
  dir = join(root, 'data');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const open = () => DataDirectory.open(dir, { handoverMs: 0 });
const holder = (fields: object) =>
  JSON.stringify({ pid: 1, birth: null, host: hostname(), nonce: 'n', ...fields });

/** A process that lives until it is told otherwise. */
async function other(): Promise<{ pid: number; end(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  return {
    pid: child.pid as number,
    async end() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe(DataDirectory.name, () => {
  it('makes what is missing, says its version, and leaves no lock behind', async () => {
    const data = await open();
    expect(await readFile(join(dir, 'VERSION'), 'utf8')).toBe(`${DATA_VERSION}\n`);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    await data.close();
    expect(await readdir(dir)).toEqual(['VERSION', 'store']);
    await (await open()).close();
  });

  it('tells where the store listens, to its owner only', async () => {
    const data = await open();
    expect(await findStore(dir)).toBeNull();
    const { pid } = process;
    await data.publishStore({ uri: 'mongodb://x', pid });
    expect(await findStore(dir)).toEqual({ uri: 'mongodb://x', pid });
    expect((await stat(join(dir, 'store.json'))).mode & 0o777).toBe(0o600);
    await data.close();
    expect(await findStore(dir)).toBeNull();
  });

  it('tells no address of a store that was killed', async () => {
    const killed = await other();
    await mkdir(dir);
    await writeFile(join(dir, 'store.json'), JSON.stringify({ uri: 'mongodb://x', pid: killed.pid }));
    expect(await findStore(dir)).toMatchObject({ pid: killed.pid });
    await killed.end();
    expect(await findStore(dir)).toBeNull();
    const data = await open();
    expect(await readdir(dir)).not.toContain('store.json');
    await data.close();
  });

  it('is held by one: a second start in the same process is refused', async () => {
    const data = await open();
    await expect(open()).rejects.toMatchObject({
      exitCode: EXIT.cannotWrite,
      message: expect.stringContaining('in use'),
    });
    await data.close();
  });

  it('is held while another process lives, and free once that was killed', async () => {
    const process_ = await other();
    await mkdir(dir);
    await writeFile(join(dir, 'lock'), holder({ pid: process_.pid, birth: birthOf(process_.pid) }));
    await expect(open()).rejects.toMatchObject({ message: expect.stringContaining(String(process_.pid)) });
    await process_.end();
    await (await open()).close();
  });

  it('is free when the number of a dead holder belongs to another program now, even to this one', async () => {
    await mkdir(dir);
    for (const pid of [process.pid, process.ppid]) {
      await writeFile(join(dir, 'lock'), holder({ pid, birth: 'another life' }));
      await (await open()).close();
    }
  });

  it('is free when the lock file is cut short', async () => {
    await mkdir(dir);
    await writeFile(join(dir, 'lock'), '{"pid":');
    await (await open()).close();
  });

  it('is held by another machine on the same volume while that gives signs of life', async () => {
    await mkdir(dir);
    await writeFile(join(dir, 'lock'), holder({ pid: 7, host: 'elsewhere' }));
    await expect(open()).rejects.toMatchObject({ exitCode: EXIT.cannotWrite });
  });

  it('goes to exactly one of many that find a dead holder', async () => {
    await mkdir(dir);
    await writeFile(join(dir, 'lock'), holder({ pid: process.pid, birth: 'another life' }));
    const starts = await Promise.allSettled(Array.from({ length: 12 }, open));
    const won = starts.filter((start) => start.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const start of won) await start.value.close();
  });

  it('waits a moment for the one that it replaces', async () => {
    const first = await open();
    const second = DataDirectory.open(dir, { handoverMs: 5_000 });
    await first.close();
    await (await second).close();
  });

  it.each([
    ['newer', '2\n', /of version 2/],
    ['damaged', 'x\u001b[31m', /damaged/],
    ['empty', '', /damaged/],
  ])('leaves data alone whose version is %s', async (_name, version, message) => {
    await mkdir(dir);
    await writeFile(join(dir, 'VERSION'), version);
    await expect(open()).rejects.toMatchObject({
      exitCode: EXIT.badData,
      message: expect.stringMatching(message),
    });
    expect(await readdir(dir)).toEqual(['VERSION']);
  });

  it('takes a store without a version for damage', async () => {
    await mkdir(join(dir, 'store'), { recursive: true });
    await writeFile(join(dir, 'store/data.mdb'), 'x');
    await expect(open()).rejects.toMatchObject({ exitCode: EXIT.badData });
  });

  it('takes a version without a store for damage, and lets a backup be put in its place', async () => {
    await (await open()).close();
    await rm(join(dir, 'store'), { recursive: true });
    await expect(open()).rejects.toMatchObject({ exitCode: EXIT.badData });
    await writeFile(join(root, 'backup'), 'pages');
    const data = await DataDirectory.open(dir, { handoverMs: 0, isStoreNeeded: false });
    const fill = (into: string) => copyFile(join(root, 'backup'), join(into, 'data.mdb'));
    expect(await data.replaceStore(fill)).toBeNull();
    await data.close();
    expect(await readFile(join(dir, 'store/data.mdb'), 'utf8')).toBe('pages');
  });

  it('finishes a restore that was cut off between its two steps', async () => {
    await (await open()).close();
    await rename(join(dir, 'store'), join(dir, 'replaced-then'));
    await mkdir(join(dir, 'store.new'));
    await writeFile(join(dir, 'store.new/data.mdb'), 'pages');
    await (await open()).close();
    expect((await readdir(dir)).sort()).toEqual(['VERSION', 'replaced-then', 'store']);
    expect(await readFile(join(dir, 'store/data.mdb'), 'utf8')).toBe('pages');
  });

  it('says in one line when it cannot be written', async () => {
    await writeFile(join(root, 'file'), '');
    const error = await DataDirectory.open(join(root, 'file/data'), { handoverMs: 0 }).catch(
      (refusal: unknown) => refusal,
    );
    expect(error).toMatchObject({
      exitCode: EXIT.cannotWrite,
      message: expect.stringMatching(/^The data directory .* \(ENOTDIR\)\.$/),
    });
  });
});
