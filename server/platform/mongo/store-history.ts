import type { Db } from 'mongodb';

/**
 * What the embedded store knows of its past. An opening is one life of it; a place in the change log that was learned in
 * an opening lies in this data's past only if that opening is known and had come so far.
 */
export type StoreHistory = {
  opening: string;
  /** Earlier openings, each with the resume token of its last change. */
  ended: ReadonlyMap<string, string>;
  /** The opening that found the data to be an older copy, and when; null where nothing was ever put back. */
  restored: { opening: string; at: Date } | null;
};

type Told = {
  opening: string;
  openings: { id: string; end: { _data: string } }[];
  restored: { opening: string; at: Date } | null;
};

/** null on another store than the embedded one, which keeps a history of its own kind. */
export async function readHistory(db: Db): Promise<StoreHistory | null> {
  const { modules = [] } = (await db.command({ buildInfo: 1 })) as { modules?: string[] };
  if (!modules.includes('embedded')) return null;
  const { history } = (await db.command({ serverStatus: 1 })) as unknown as { history: Told };
  const { opening, openings, restored } = history;
  return { opening, ended: new Map(openings.map(({ id, end }) => [id, end._data])), restored };
}
