import { jest } from '@jest/globals';
import { MongoError } from '../errors.ts';
import { Operation } from './operation.ts';

describe(Operation.name, () => {
  let now = 0;
  beforeEach(() => {
    now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => jest.restoreAllMocks());

  it('is over when it has worked for as long as it may', async () => {
    const operation = new Operation(20);
    for (const ms of [9, 9]) {
      now += ms;
      await operation.breathe();
    }
    now += 9;
    await expect(operation.breathe()).rejects.toThrow(MongoError);
  });

  it('does not count the turns of others', async () => {
    const operation = new Operation(20);
    for (let turn = 0; turn < 5; turn++) {
      now += 3;
      const breathed = operation.breathe();
      now += 1_000;
      await breathed;
    }
    operation.check();
  });
});
