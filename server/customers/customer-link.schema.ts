import type { CustomerLink } from '@svodka/shared/contracts/customer';
import type { Id } from '@svodka/shared/contracts/id';
import type { Touched } from '../platform/context/request-context.ts';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

export type CustomerLinkDoc = {
  _id: Id;
  /** SHA-256 of the token, base64url. The token itself is nowhere but with who holds the link. */
  hash: string;
  projectId: Id;
  /** Who is written to by it; null: somebody has handed it out. */
  counterpartyId: Id | null;
  madeAt: Date;
  madeBy: Id | null;
  expiresAt: Date;
  revokedAt: Date | null;
  openedOn: string | null;
  /** Who made or closed it; for the access log. */
  touched?: Touched;
};

/** Under `<kind>:<locale>`. */
export type LetterWordsDoc = { _id: string; subject: string; text: string; touched?: Touched };

export const LETTER_WORDS = 'letter_words';
export const CUSTOMER_LINKS = 'customer_links';

export const CUSTOMER_INDEXES: CollectionPlan[] = [
  { collection: LETTER_WORDS, images: true, indexes: [] },
  {
    collection: CUSTOMER_LINKS,
    images: true,
    indexes: [
      { key: { hash: 1 }, unique: true },
      { key: { projectId: 1, madeAt: -1 } },
      // For retention.
      { key: { expiresAt: 1 } },
    ],
  },
];

export const toLink = ({ _id, ...doc }: CustomerLinkDoc): CustomerLink => ({
  id: _id,
  madeAt: doc.madeAt.toISOString(),
  madeBy: doc.madeBy,
  expiresAt: doc.expiresAt.toISOString(),
  revokedAt: doc.revokedAt?.toISOString() ?? null,
  openedOn: doc.openedOn,
});
