import type { Locale } from '@svodka/shared/contracts/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Outcome } from '../platform/mailer/mailer.ts';
import type { DeliveryDoc } from './notice.schema.ts';

/** What a delivery carries, read just before it goes. */
export type Content = {
  /** Whom it is for: a mailbox for letters. */
  to: string;
  name: string;
  locale: Locale;
  subject: string;
  text: string;
  html?: string;
  /** A line or two below the subject, where that is all there is room for. */
  brief: string;
  /** Where it leads: the path of a page. */
  path: string;
  /** What letters of it stand together by, without the angle brackets and the host. */
  thread?: string | undefined;
  /** Who it says it is from; absent: the desk. */
  sender?: string;
  /** Makes what leaves where that is not what is kept: it may give its reader a link that nobody else has. */
  leaves?: () => Promise<{ subject: string; text: string; html: string; unsubscribe: string }>;
};

/**
 * Who knows what a delivery says, and to whom.
 * @param others what was gathered into it
 * @returns what to carry, or a stable code: why there is nothing to carry
 */
export type Contents = (delivery: DeliveryDoc, others: readonly DeliveryDoc[]) => Promise<Content | string>;

export type Attempt = {
  signal: AbortSignal;
  /** To be awaited where from then on nobody can know whether it arrived. A throw of it comes out. */
  beforeDot: () => Promise<void>;
};

/** One way out. */
export interface Carrier {
  /** Why nothing can go this way at all, so that it is kept here. */
  keeps(content: Content): string | null;
  send(delivery: DeliveryDoc & { _id: Id }, content: Content, attempt: Attempt): Promise<Outcome>;
}
