import type { Id } from '@svodka/shared/contracts/id';
import { type Filter, or } from '@svodka/shared/filter/ast';

/** Events by which a note, or what has become of it, may be another one by now. */
export const concerning = (me: Id): Filter =>
  or(
    { field: 'type', in: ['shift.handover', 'call.promise', 'module.silent'] },
    { field: 'importance', in: ['critical'] },
    { field: 'holder', in: [me] },
  );

/** What a panel of a note stands in: it is drawn once the whole is read. */
export const READ = { state: 'ready', error: null, retry: () => undefined } as const;
