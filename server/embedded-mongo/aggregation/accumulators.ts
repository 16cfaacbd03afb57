import { type Document, Int32 } from 'bson';
import { MongoError } from '../errors.ts';
import { compareValues } from '../values/compare.ts';
import { hashKey } from '../values/hash.ts';
import { NumberSum } from '../values/number.ts';
import { isDocument } from '../values/types.ts';
import { compileExpression } from './expressions.ts';

/** Collects the values of one group. */
export interface Accumulator {
  add(value: unknown): void;
  result(): unknown;
}

/** What it takes to fill one field of a group. */
export interface AccumulatorField {
  name: string;
  create(): Accumulator;
  value: (document: Document) => unknown;
  /** True if the accumulator keeps its values, so that they count as memory. */
  keeps: boolean;
}

class Sum implements Accumulator {
  protected readonly sum = new NumberSum();
  add(value: unknown): void {
    this.sum.add(value);
  }
  result(): unknown {
    return this.sum.result();
  }
}

class Average extends Sum {
  override result(): unknown {
    return this.sum.average();
  }
}

class Extreme implements Accumulator {
  private best: unknown;
  constructor(private readonly direction: 1 | -1) {}
  add(value: unknown): void {
    if (value === undefined || value === null) return;
    if (this.best === undefined || compareValues(value, this.best) * this.direction > 0) this.best = value;
  }
  result(): unknown {
    return this.best ?? null;
  }
}

class First implements Accumulator {
  private value: unknown;
  private empty = true;
  add(value: unknown): void {
    if (this.empty) this.value = value;
    this.empty = false;
  }
  result(): unknown {
    return this.value ?? null;
  }
}

class Last implements Accumulator {
  private value: unknown;
  add(value: unknown): void {
    this.value = value;
  }
  result(): unknown {
    return this.value ?? null;
  }
}

class Push implements Accumulator {
  private readonly values: unknown[] = [];
  add(value: unknown): void {
    if (value !== undefined) this.values.push(value);
  }
  result(): unknown {
    return this.values;
  }
}

class AddToSet implements Accumulator {
  private readonly values = new Map<string, unknown>();
  add(value: unknown): void {
    if (value === undefined) return;
    const key = hashKey(value);
    if (!this.values.has(key)) this.values.set(key, value);
  }
  result(): unknown {
    return [...this.values.values()];
  }
}

const creators: Record<string, () => Accumulator> = {
  $sum: () => new Sum(),
  $avg: () => new Average(),
  $min: () => new Extreme(-1),
  $max: () => new Extreme(1),
  $first: () => new First(),
  $last: () => new Last(),
  $push: () => new Push(),
  $addToSet: () => new AddToSet(),
  $count: () => new Sum(),
};

/** Compiles `name: {$sum: …}` of `$group`. @throws 40234–40238, 15952 */
export function compileAccumulator(name: string, spec: unknown, now?: Date): AccumulatorField {
  if (name.includes('.')) throw new MongoError(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith('$'))
    throw new MongoError(40236, `The field name '${name}' cannot be an operator name`);
  const operators = isDocument(spec) ? Object.keys(spec) : [];
  const operator = operators[0];
  if (operator === undefined || !operator.startsWith('$')) {
    throw new MongoError(40234, `The field '${name}' must be an accumulator object`);
  }
  if (operators.length !== 1) throw new MongoError(40238, `The field '${name}' must specify one accumulator`);
  const operand: unknown = (spec as Document)[operator];
  if (!Object.hasOwn(creators, operator)) {
    throw new MongoError(15952, `the accumulator '${operator}' is not supported by the embedded store`);
  }
  const create = creators[operator] as () => Accumulator;
  const keeps = operator === '$push' || operator === '$addToSet';
  if (operator === '$count') {
    if (!isDocument(operand) || Object.keys(operand).length > 0) {
      throw new MongoError('TypeMismatch', '$count takes no arguments, i.e. $count:{}');
    }
    return { name, create, value: () => new Int32(1), keeps };
  }
  if (Array.isArray(operand) && operand.length !== 1) {
    throw new MongoError(40237, `The ${operator} accumulator is a unary operator`);
  }
  const single: unknown = Array.isArray(operand) ? operand[0] : operand;
  return { name, create, value: compileExpression(single, now), keeps };
}
