/** One index; `key` in its order. */
export type IndexPlan = {
  key: Record<string, 1 | -1>;
  name?: string;
  unique?: boolean;
  partialFilterExpression?: Record<string, unknown>;
  expireAfterSeconds?: number;
};

/** A collection as the migrations make it. */
export type CollectionPlan = {
  collection: string;
  indexes: IndexPlan[];
  /** Keep pre- and post-images for the change stream (`changeStreamPreAndPostImages`). */
  images: boolean;
};
