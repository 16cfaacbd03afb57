import type { Document } from 'bson';

/**
 * Codes of MongoDB's `error_codes.yml` that this store answers with, by MongoDB's own names.
 * Codes that MongoDB uses without a name (`Location31249` and the like) are passed as plain numbers.
 */
export const codes = {
  BadValue: 2,
  UnknownError: 8,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  InvalidLength: 16,
  ProtocolError: 17,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NoMatchingDocument: 47,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  InvalidPipelineOperator: 168,
  ClientMarkedKilled: 46,
  CannotIndexParallelArrays: 171,
  QueryPlanKilled: 175,
  InvalidUUID: 207,
  TransactionTooOld: 225,
  CursorKilled: 237,
  NotImplemented: 238,
  NoSuchTransaction: 251,
  InvalidResumeToken: 260,
  ChangeStreamFatalError: 280,
  ChangeStreamHistoryLost: 286,
  NoQueryExecutionPlans: 291,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  InterruptedAtShutdown: 11600,
  OutOfDiskSpace: 14031,
  UnrecognizedPipelineStage: 40324,
} as const;

/** A code that has a name in MongoDB. */
export type CodeName = keyof typeof codes;

const nameOfCode = new Map<number, string>(Object.entries(codes).map(([name, code]) => [code, name]));
nameOfCode.set(40324, 'Location40324');

/** MongoDB's name of a code; unnamed codes are called `Location<code>`, as MongoDB does. */
export function codeNameOf(code: number): string {
  return nameOfCode.get(code) ?? `Location${code}`;
}

/** An error that is answered to the client as MongoDB would: code, its name, labels and extra reply fields. */
export class MongoError extends Error {
  readonly code: number;
  readonly codeName: string;
  /** Error labels (`TransientTransactionError` …) that the reply carries. */
  labels?: string[];
  /** Further fields of the error reply, such as `keyPattern` and `keyValue` of code 11000. */
  extra?: Document;

  constructor(code: number | CodeName, message: string, extra?: Document, labels?: string[]) {
    super(message);
    this.name = 'MongoError';
    this.code = typeof code === 'number' ? code : codes[code];
    this.codeName = codeNameOf(this.code);
    if (extra) this.extra = extra;
    if (labels) this.labels = labels;
  }
}

/** Code 2. */
export const badValue = (message: string): MongoError => new MongoError('BadValue', message);
/** Code 9. */
export const failedToParse = (message: string): MongoError => new MongoError('FailedToParse', message);
/** Code 14. */
export const typeMismatch = (message: string): MongoError => new MongoError('TypeMismatch', message);
/** Code 238: MongoDB knows it, this store does not; the message says what is missing. */
export const unsupported = (what: string): MongoError =>
  new MongoError('NotImplemented', `${what} is not supported by the embedded store`);
