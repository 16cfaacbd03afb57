// The second command that everybody tries. It runs beside the server and shares its code, but has no sockets.
import { runApp, startApp } from '../support/app-process.ts';

const FILLS_MS = 180_000;

it(
  'npm run demo fills a company beside the running server, complains of nothing, and does it once',
  async () => {
    const app = await startApp();
    try {
      const fill = () => runApp({ DATA_DIR: app.dataDir }, 'build/server/demo/main.js').ended;
      const first = await fill();
      expect(first).toMatchObject({ code: 0, stderr: '' });
      expect(first.stdout).toMatch(/^Filled: \d+ people, .*[1-9]\d* comments\.$/m);
      expect(first.stdout.split('\n').filter((line) => line.startsWith('{'))).toEqual([]); // log lines
      const second = await fill();
      expect(second).toMatchObject({ code: 0, stderr: '' });
      expect(second.stdout).toContain('nothing was added');
    } finally {
      await app.stop();
    }
  },
  FILLS_MS,
);
