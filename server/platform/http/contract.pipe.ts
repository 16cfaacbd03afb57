import { Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { contractError, refused } from '../errors/contract-error.ts';

/**
 * Checks every `@Body({ schema })`, `@Query({ schema })`, `@Param` and `@MessageBody({ schema })` against its contract
 * and hands on the parsed value. A key that could reach a prototype is refused aloud instead of being dropped, and so
 * is text that is none.
 */
@Injectable()
export class ContractPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: contractError });
  }

  protected override stripProtoKeys(value: unknown): void {
    refuseUnfit(value, []);
  }
}

/** Deeper than any contract of ours. */
const DEEPEST = 20;

/** NUL ends strings in too many tools, half a surrogate pair is no character: no field of any contract has a use for them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is refused
const UNFIT = /\u0000|\p{Surrogate}/u;

/** @throws AppError `validation` for a key or text that no contract has a use for */
export function refuseUnfit(value: unknown, path: string[] = []): void {
  if (typeof value === 'string' && UNFIT.test(value)) throw refused(path.join('.'), 'control-characters');
  if (typeof value !== 'object' || value === null) return;
  if (path.length > DEEPEST) throw refused(path.slice(0, 3).join('.'), 'type');
  for (const key of Object.keys(value)) {
    if (key === '__proto__' || UNFIT.test(key)) throw refused([...path, key].join('.'), 'key');
    refuseUnfit((value as Record<string, unknown>)[key], [...path, key]);
  }
}
