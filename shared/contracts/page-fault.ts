import { z } from 'zod';
import { IdSchema } from './id.ts';

/** What of the page could not be drawn: `script` is what was thrown outside of drawing. */
export const PAGE_PARTS = ['row', 'part', 'pane', 'form', 'screen', 'page', 'script'] as const;
export type PagePart = (typeof PAGE_PARTS)[number];

/**
 * Body of `POST /api/page-faults`: that a part of the page could not be drawn. Only what our own code has written can
 * be said in it, so nothing that people typed reaches the log: the message of an error, which may quote, has no place.
 */
export const PageFaultSchema = z.strictObject({
  part: z.enum(PAGE_PARTS),
  /** The class of what was thrown: `RangeError`. */
  error: z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,59}$/, { error: 'form' }),
  /** Where in our scripts: `index-Bx3f.js:14:2210`. */
  at: z
    .string()
    .regex(/^[\w.-]{1,80}:\d{1,7}:\d{1,7}$/, { error: 'form' })
    .optional(),
  /** The record that the part was about. */
  id: IdSchema.optional(),
});
export type PageFault = z.infer<typeof PageFaultSchema>;
