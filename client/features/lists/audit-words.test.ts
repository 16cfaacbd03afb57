import type { AuditRecord } from '@svodka/shared/contracts/audit';
import { whoWords } from './audit-words.ts';

const said = (what: AuditRecord['what']) => whoWords({ who: null, what } as AuditRecord);

describe('who did what the access log names', () => {
  it('is nobody known while somebody tries to sign in, and the system where no person stands behind it', () => {
    expect(said('sign-in.failed')).toBe('Неизвестно кто');
    expect(said('sign-in.limited')).toBe('Неизвестно кто');
    expect(said('log.began')).toBe('Система');
  });
});
