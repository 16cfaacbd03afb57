import { CommentSchema } from '../contracts/comment.ts';
import { ErrorBodySchema } from '../contracts/errors.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { ViewSchema } from '../feed/view.ts';

/** What stands in many answers, under the names that the OpenAPI document gives it. */
export const MODELS = {
  Comment: CommentSchema,
  Error: ErrorBodySchema,
  Refs: RefsSchema,
  View: ViewSchema,
};
