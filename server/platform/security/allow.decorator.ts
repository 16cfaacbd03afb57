import { SetMetadata } from '@nestjs/common';
import type { Right } from '@svodka/shared/routes/route';

export const ALLOW = 'svodka:allow';

export type Allowed = Right;

/** Stands on every handler; one without it is refused to everybody, and a test fails for it. */
export const Allow = (who: Allowed) => SetMetadata(ALLOW, who);

export const RAW_BODY = 'svodka:raw-body';

/** A handler that reads the request's body itself, in the named content types, instead of parsed JSON. */
export const RawBody = (...types: string[]) => SetMetadata(RAW_BODY, types);
