import { createRequire } from 'node:module';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@svodka/shared/contracts/id';
import './mongo.ts';

const { Connection } = createRequire(import.meta.url)('mongodb/lib/cmap/connection.js') as {
  Connection: {
    prototype: { writeCommand(this: { socket: Socket }, command: object, options: object): Promise<void> };
  };
};
const command = { toBin: async () => [Buffer.from('a command')] };
const options = { agreedCompressor: 'none' };

describe('a command of the driver', () => {
  const path = join(tmpdir(), `svodka-line-${newId().slice(-12)}`);
  const server = createServer((line) => line.resume());
  let socket: Socket;
  beforeAll(() => new Promise<void>((done) => server.listen(path, done)));
  afterAll(() => new Promise((done) => server.close(done)));
  beforeEach(async () => {
    socket = createConnection(path);
    await new Promise((done) => socket.once('connect', done));
  });
  afterEach(() => socket.destroy());
  const write = () => Connection.prototype.writeCommand.call({ socket }, command, options);

  it('is refused when its line has just gone, and does not wait for ever', async () => {
    const written = write();
    socket.destroy();
    await expect(written).rejects.toThrow('the line ended');
  });

  it('leaves nothing behind on a line that lives', async () => {
    await write();
    await write();
    expect(socket.listenerCount('close')).toBe(0);
  });
});
