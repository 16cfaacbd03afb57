import { Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { contractError, refused } from '../errors/contract-error.ts';

/**
 * Checks every `@Body({ schema })`, `@Query({ schema })`, `@Param` and `@MessageBody({ schema })` against its contract
 * and hands on the parsed value. A key that could reach a prototype is refused aloud instead of being dropped.
 */
@Injectable()
export class ContractPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: contractError });
  }

  protected override stripProtoKeys(value: unknown): void {
    refuseProto(value, []);
  }
}

/** Deeper than any contract of ours. */
const DEEPEST = 20;

function refuseProto(value: unknown, path: string[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (path.length > DEEPEST) throw refused(path.slice(0, 3).join('.'), 'type');
  for (const key of Object.keys(value)) {
    const at = [...path, key];
    if (key === '__proto__') throw refused(at.join('.'), 'key');
    refuseProto((value as Record<string, unknown>)[key], at);
  }
}
