import { type ObjectId } from 'bson';
import { encodeValue } from '../index/key-encoding.ts';
import { toDouble } from './compare.ts';
import { T, typeOf } from './types.ts';

/** Text that two values share exactly if `equalValues` holds: a key for a Map or Set of values. */
export function hashKey(value: unknown): string {
  switch (typeOf(value)) {
    case T.string:
      return `s${value}`;
    case T.int:
      return `n${toDouble(value)}`;
    case T.double: {
      const double = toDouble(value);
      // A double within int range may equal an int; others may equal a long.
      if (Number.isSafeInteger(double)) return `n${double === 0 ? 0 : double}`;
      break;
    }
    case T.long: {
      const double = toDouble(value);
      if (Number.isSafeInteger(double)) return `n${double}`;
      break;
    }
    case T.objectId:
      return `o${(value as ObjectId).toHexString()}`;
    default:
  }
  return `e${encodeValue(value).toString('latin1')}`;
}
