import type { Filter } from '@svodka/shared/filter/ast';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent } from '../../test/support/factories.ts';
import { TestSocket } from '../../test/support/socket.ts';

const ALL: Filter = { and: [] };

describe('a live feed', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  }, 60_000);
  afterAll(() => app.close());

  it('shows what was there, and then what comes', async () => {
    const first = await makeEvent(app.admin);
    const socket = await TestSocket.connect(app.admin);
    const feed = await socket.follow(ALL);
    expect(feed.ids).toContain(first.id);
    const second = await makeEvent(app.admin);
    await socket.row(feed, second.id);
    socket.close();
  });
});
