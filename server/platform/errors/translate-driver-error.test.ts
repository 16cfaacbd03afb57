import { mongo } from 'mongoose';
import { translateDriverError } from './translate-driver-error.ts';

it('takes a line that broke under several writes together for a store that is away', () => {
  const broken = new mongo.MongoNetworkError('connection closed');
  const failure = new mongo.MongoBulkWriteError(broken as never, {} as mongo.BulkWriteResult);
  expect(translateDriverError(failure)).toMatchObject({ code: 'unavailable' });
});
