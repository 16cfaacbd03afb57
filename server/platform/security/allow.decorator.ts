import { SetMetadata } from '@nestjs/common';
import type { Right } from '@svodka/shared/routes/route';

export const ALLOW = 'svodka:allow';

export type Allowed = Right;

/** Stands on every handler; one without it is refused to everybody, and a test fails for it. */
export const Allow = (who: Allowed) => SetMetadata(ALLOW, who);
