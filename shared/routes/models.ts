import { AuditRecordSchema } from '../contracts/audit.ts';
import { CommentSchema } from '../contracts/comment.ts';
import { CounterpartySchema } from '../contracts/counterparty.ts';
import { CrewSchema } from '../contracts/crews.ts';
import { ProjectSchema } from '../contracts/directory.ts';
import { ErrorBodySchema } from '../contracts/errors.ts';
import { SvodkaEventSchema } from '../contracts/event.ts';
import { AttachmentSchema, UploadSchema } from '../contracts/file.ts';
import { ImportBatchSchema, ImportMappingSchema } from '../contracts/import.ts';
import { DeliverySchema } from '../contracts/notice.ts';
import { OrderChainSchema } from '../contracts/orders.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { SessionSchema, UserSchema } from '../contracts/user.ts';
import { ViewSchema } from '../feed/view.ts';

/** What stands in many answers, under the names that the OpenAPI document gives it. */
export const MODELS = {
  Attachment: AttachmentSchema,
  AuditRecord: AuditRecordSchema,
  Comment: CommentSchema,
  Counterparty: CounterpartySchema,
  Crew: CrewSchema,
  Delivery: DeliverySchema,
  Error: ErrorBodySchema,
  Event: SvodkaEventSchema,
  Import: ImportBatchSchema,
  ImportMapping: ImportMappingSchema,
  Order: ProjectSchema,
  OrderChain: OrderChainSchema,
  Refs: RefsSchema,
  Session: SessionSchema,
  Upload: UploadSchema,
  User: UserSchema,
  View: ViewSchema,
};
