import type { DueState, Importance } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { EventType } from '@svodka/shared/contracts/modules';
import type { Payload } from '@svodka/shared/contracts/payload';
import type { FilterableEvent } from '@svodka/shared/filter/predicate';
import type { DueFields } from '@svodka/shared/rules/due';
import type { ProjectDoc } from '../../orders/projects/project.schema.ts';

/** What a decision looks at in one state of an event; its rules' filters look at more (`FilterableEvent`). */
export type EventImage = DueFields &
  Omit<FilterableEvent, 'source' | 'author'> & {
    _id: Id;
    type: EventType;
    importance: Importance;
    occurredAt: Date;
    recordedAt: Date;
    dueAt: Date | null;
    dueState: DueState;
    projectId: Id | null;
    audienceIds?: Id[];
    author: { userId: Id | null };
    source: { batchId?: Id; sent?: object } | null;
    payload?: Payload;
    title?: string;
    rev?: number;
    /** Oldest first. */
    revisions?: readonly { by: Id | null }[];
    version?: number;
    resolved?: { by: Id | null } | null;
    deletedAt: Date | null;
  };

/** What a decision looks at in an order. */
export type OrderImage = Pick<ProjectDoc, '_id' | 'managerId' | 'appointedIds' | 'tz' | 'status' | 'line'> &
  Partial<Pick<ProjectDoc, 'terms' | 'counterpartyId' | 'createdAt'>>;
