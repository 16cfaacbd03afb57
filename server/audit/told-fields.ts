import type { NoticeRule } from '@svodka/shared/contracts/notice-rule';
import type { UserDoc } from '../accounts/user.schema.ts';
import type { CounterpartyDoc } from '../counterparties/counterparty.schema.ts';
import type { CrewDoc } from '../crews/crew.schema.ts';
import type { Kept } from '../entries/entry.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';

/**
 * Of each field of a stored thing, whether a change of it is told by its name. Not told so is what has a record of its
 * own, and what is nobody's edit. A field that is new has to be entered here: it would be missing from the log unnoticed.
 */
type ToldFields<Doc, Beside extends PropertyKey = never> = Record<
  Exclude<keyof Doc, '_id' | 'createdAt' | 'createdBy' | 'version' | 'touched' | Beside>,
  boolean
>;
const toldOf = (fields: Record<string, boolean>) => Object.keys(fields).filter((name) => fields[name]);

export const PROFILE = toldOf({
  login: false,
  name: true,
  roles: false,
  departmentId: false,
  isHead: true,
  email: true,
  tz: true,
  locale: true,
  disabledAt: false,
  passwordHash: false,
  epoch: false,
  deadEmail: false,
  preferences: false,
  calendarLink: true,
  terms: false,
} satisfies ToldFields<UserDoc>);

export const ORDER = toldOf({
  number: true,
  numberKey: false,
  counterpartyId: true,
  namedCounterpartyId: false,
  objectAddress: true,
  managerId: false,
  appointedIds: false,
  status: false,
  statusOverride: true,
  picked: false,
  prior: false,
  chainEdits: true,
  line: false,
  announced: false,
  template: true,
  amountKop: true,
  tz: false,
  note: true,
  attachments: true,
  told: true,
} satisfies ToldFields<ProjectDoc, keyof Kept>);
export const COUNTERPARTY = toldOf({
  number: false,
  kind: true,
  name: true,
  categories: true,
  inn: true,
  kpp: true,
  ogrn: true,
  phones: true,
  emails: true,
  contacts: true,
  managerId: false,
  note: true,
  attachments: true,
  consents: false,
  merged: false,
  leaves: false,
  erasedAt: false,
  alike: false,
} satisfies ToldFields<CounterpartyDoc, keyof Kept>);

export const CREW = toldOf({
  name: true,
  nameKey: false,
  color: true,
  memberIds: true,
  memberNames: true,
  workDays: true,
  capacity: true,
  absences: true,
  isActive: true,
} satisfies ToldFields<CrewDoc>);

export const RULE = toldOf({
  code: false,
  name: true,
  state: true,
  ownerId: false,
  filter: true,
  orders: true,
  trigger: true,
  recipients: true,
  channels: true,
  delayMinutes: true,
  digest: true,
  passesQuiet: true,
  escalation: true,
} satisfies ToldFields<NoticeRule, 'id' | 'updatedAt' | 'isMuted' | 'told'>);

export const SOURCE = ['isOn', 'expectMin', 'replayFrom', 'recordings'];

export const TABLE = ['name', 'mapping', 'isOn', 'expectMin'];

/** All names of fields that a record may hold; the page has a word for each (`audit.field.*`). */
export const TOLD_FIELDS = [PROFILE, ORDER, COUNTERPARTY, CREW, SOURCE, TABLE, RULE].flat();
