import { type Document } from 'bson';
import { MongoError } from '../errors.ts';

/** What an expression is evaluated in. One per compiled expression, reused: evaluation is synchronous. */
export interface Frame {
  root: Document;
  /** Values of `$let`, `$map` … variables; each binding has a slot of its own. */
  slots: unknown[];
}

/** A compiled expression; undefined means missing. */
export type Evaluate = (frame: Frame) => unknown;

/** Names that are visible while an expression is compiled. */
export class Scope {
  private constructor(
    /** Variables of the command or of `$lookup`; values are read when evaluated, so they may change between runs. */
    readonly variables: Document,
    readonly now: Date,
    private readonly names: ReadonlyMap<string, number>,
    private readonly counter: { slots: number },
  ) {}

  static of(variables: Document = {}): Scope {
    const now = variables.NOW instanceof Date ? variables.NOW : new Date();
    return new Scope(variables, now, new Map(), { slots: 0 });
  }

  /** A scope with one more variable, and the slot its value is put in. */
  bind(name: string): { scope: Scope; slot: number } {
    if (!/^([a-z\u0080-\uffff]|CURRENT$)[A-Za-z0-9_\u0080-\uffff]*$/.test(name)) {
      throw new MongoError(
        'FailedToParse',
        `'${name}' starts with an invalid character for a user variable name`,
      );
    }
    const slot = this.counter.slots++;
    const names = new Map(this.names).set(name, slot);
    return { scope: new Scope(this.variables, this.now, names, this.counter), slot };
  }

  /** Reader of a variable. @throws 17276 if there is none of that name */
  variable(name: string): Evaluate {
    const slot = this.names.get(name);
    if (slot !== undefined) return (frame) => frame.slots[slot];
    switch (name) {
      case 'ROOT':
      case 'CURRENT':
        return (frame) => frame.root;
      case 'REMOVE':
        return () => undefined;
      case 'NOW':
        return () => this.now;
      default:
    }
    const { variables } = this;
    if (!Object.hasOwn(variables, name)) throw new MongoError(17276, `Use of undefined variable: ${name}`);
    return () => variables[name];
  }
}

/** Compiles a subexpression. */
export type Compile = (expression: unknown, scope: Scope) => Evaluate;

/** Compiles the operand of one operator. */
export type OperatorCompiler = (operand: unknown, scope: Scope, compile: Compile) => Evaluate;

export type OperatorTable = Record<string, OperatorCompiler>;
