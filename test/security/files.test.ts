// Files that mean harm, or are not what they say (README.md 17 to 21).
import { crc32 } from 'node:zlib';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { type FileOwner, MAX_FILE_BYTES, MAX_FILES, type Upload } from '@svodka/shared/contracts/file';
import sharp from 'sharp';
import { createTestApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { makeEvent } from '../support/factories.ts';
import { attach, download } from '../support/files.ts';

describe('files', () => {
  let app: TestApp;
  let anna: Client;
  let event: SvodkaEvent;
  let owner: FileOwner;

  beforeAll(async () => {
    app = await createTestApp();
    anna = await app.signIn({ roles: ['dispatcher'] });
  });
  afterAll(() => app?.close());
  beforeEach(async () => {
    event = await makeEvent(anna);
    owner = { kind: 'event', id: event.id };
  });

  const filesNow = async () =>
    (await anna.get<{ event: SvodkaEvent }>(`/api/events/${event.id}`)).event.attachments ?? [];
  const begin = (more: object) =>
    anna.send<Upload>('POST', '/api/files', { owner, name: 'x.bin', size: 1, ...more });
  const append = (id: string, offset: number, part: Uint8Array, headers: Record<string, string> = {}) =>
    anna.send<Upload>('POST', `/api/files/${id}/upload?offset=${offset}`, part, headers);
  /** Sends it whole. */
  async function offer(name: string, content: Uint8Array | string) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const { body } = await begin({ name, size: bytes.length });
    return { id: body.id, answer: await append(body.id, 0, bytes) };
  }

  function png(width: number, height: number): Buffer {
    const chunk = (type: string, data: Buffer) => {
      const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
      const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
      length.writeUInt32BE(data.length);
      sum.writeUInt32BE(crc32(named));
      return Buffer.concat([length, named, sum]);
    };
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width, 0);
    head.writeUInt32BE(height, 4);
    head.set([8, 2, 0, 0, 0], 8);
    const sign = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    return Buffer.concat([
      sign,
      chunk('IHDR', head),
      chunk('IDAT', Buffer.alloc(8)),
      chunk('IEND', Buffer.alloc(0)),
    ]);
  }

  it('that are not what their name promises, or no whole picture, are refused and leave nothing', async () => {
    const whole = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#abc' } })
      .composite([
        { input: Buffer.from('<svg width="300" height="300"><circle cx="150" cy="150" r="99"/></svg>') },
      ])
      .jpeg()
      .toBuffer();
    const offered: [string, Uint8Array | string, number][] = [
      ['снимок.png', '<html><script>alert(1)</script>', 415],
      ['снимок.JPG', '', 415],
      ['счёт.pdf', 'MZ это не PDF', 415],
      ['обрыв.jpg', whole.subarray(0, Math.floor(whole.length / 2)), 415],
      ['бомба.png', png(50_000, 50_000), 413],
      ['пустая.png', png(10, 10), 415],
    ];
    for (const [name, content, status] of offered) {
      const { id, answer } = await offer(name, content);
      expect([name, answer.status, typeof answer.error?.message]).toEqual([name, status, 'string']);
      expect((await anna.send('GET', `/api/files/${id}/upload`)).status).toBe(404);
      expect((await download(anna, `/api/files/${id}`)).status).toBe(404);
    }
    expect(await filesNow()).toEqual([]);
    // The rest goes on.
    expect((await attach(anna, owner, whole, 'целая.jpg')).picture).toEqual({ width: 300, height: 300 });
  });

  it.each([
    ['страница.html', '<html><script>alert(1)</script></html>'],
    ['рисунок.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
    ['код.js', 'alert(1)'],
    ['лист.xml', '<?xml version="1.0"?><a/>'],
  ])('that could act go out as bytes to be kept: %s', async (name, content) => {
    const { id } = await attach(anna, owner, content, name);
    const { headers, bytes } = await download(anna, `/api/files/${id}`);
    expect(bytes.toString()).toBe(content);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toMatch(/^attachment; /);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'.*sandbox$/);
  });

  it('that a browser shows cannot act either', async () => {
    const { id } = await attach(anna, owner, '%PDF-1.4\n%%EOF', 'договор.pdf');
    const { headers } = await download(anna, `/api/files/${id}`);
    expect(headers.get('content-type')).toBe('application/pdf');
    expect(headers.get('content-disposition')).toMatch(/^inline; /);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).not.toContain('script-src');
  });

  it('of which nothing here can make a picture are kept, and only downloaded: HEIC', async () => {
    const heic = Buffer.concat([
      Buffer.from([0, 0, 0, 24]),
      Buffer.from('ftypheic\0\0\0\0mif1heic'),
      Buffer.alloc(64),
    ]);
    const file = await attach(anna, owner, heic, 'IMG_0001.HEIC');
    expect(file).toMatchObject({ mime: 'image/heic', picture: null });
    const { headers } = await download(anna, `/api/files/${file.id}`);
    expect(headers.get('content-disposition')).toMatch(/^attachment; /);
    expect((await download(anna, `/api/files/${file.id}/thumbnail`)).status).toBe(404);
  });

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\a\\смета.xlsx', 'смета.xlsx'],
    ['счёт\u202egnp.exe', 'счётgnp.exe'],
    ['два\r\nслова.txt', 'дваслова.txt'],
    [`${'д'.repeat(300)}.docx`, `${'д'.repeat(195)}.docx`],
    ['=cmd|"/c calc"!A1.csv', 'c calc"!A1.csv'],
  ])('lose what a name must not have: %j', async (given, kept) => {
    const file = await attach(anna, owner, given, given);
    expect(file.name).toBe(kept);
    const header = (await download(anna, `/api/files/${file.id}`)).headers.get('content-disposition') ?? '';
    expect(header).toMatch(/^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[\w.~%!-]+$/);
    expect(decodeURIComponent(header.split("UTF-8''")[1] ?? '')).toBe(kept);
  });

  it('without a name are refused', async () => {
    for (const name of ['', '..', '\u200b', 'a/', 'a\u0000b', 'я'.repeat(1_001)])
      expect([name, (await begin({ name })).status]).toEqual([name, 400]);
  });

  it('that are there already, too large, too many or longer than they said are refused', async () => {
    await attach(anna, owner, 'одно и то же', 'а.txt');
    const twin = await offer('б.txt', 'одно и то же');
    expect([twin.answer.status, twin.answer.error?.code]).toEqual([409, 'conflict']);
    expect(await filesNow()).toHaveLength(1);
    expect((await begin({ size: MAX_FILE_BYTES + 1 })).status).toBe(413);
    expect((await begin({ size: -1 })).status).toBe(400);
    const { body } = await begin({ size: 3 });
    expect((await append(body.id, 0, new Uint8Array(4))).status).toBe(413);
    expect((await append(body.id, 0, new Uint8Array(2), { 'Content-Type': 'text/html' })).status).toBe(415);
    expect((await anna.get<Upload>(`/api/files/${body.id}/upload`)).offset).toBe(0);
    for (let i = 1; i < MAX_FILES; i++) await attach(anna, owner, `файл ${i}`, `${i}.txt`);
    expect((await offer('лишний.txt', 'лишний')).answer.status).toBe(413);
    expect(await filesNow()).toHaveLength(MAX_FILES);
  });

  it('of one person on their way have a bound, which others do not feel', async () => {
    const boris = await app.signIn({ roles: ['dispatcher'] });
    const statuses: number[] = [];
    for (let i = 0; i < 101; i++)
      statuses.push((await boris.send('POST', '/api/files', { owner, name: `${i}`, size: 9 })).status);
    expect([statuses.slice(0, 100).every((status) => status === 201), statuses[100]]).toEqual([true, 413]);
    expect((await begin({})).status).toBe(201);
  });
});
