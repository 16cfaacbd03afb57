import { Injectable } from '@nestjs/common';
import type { Importance } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { type EventType, moduleOf } from '@svodka/shared/contracts/modules';
import type { Payload } from '@svodka/shared/contracts/payload';
import { titleIn } from '@svodka/shared/messages/machine-title';
import type { Found } from '@svodka/shared/rules/orders/contradictions';
import type { Deadline } from '@svodka/shared/rules/orders/deadlines';
import { bornStatus } from '@svodka/shared/rules/status';
import type { EventDoc } from '../events/event.schema.ts';
import { deadlineFields, derivedFields, timedFields, untouched } from '../events/event-fields.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { Clock } from '../platform/clock.ts';
import { derivedId } from '../platform/mongo/derived-id.ts';
import type { ProjectDoc } from './projects/project.schema.ts';
import { ProjectsRepository } from './projects/projects.repository.ts';

/** What is stored is for the search; who reads it is told in their own language (`machine-title.ts`). */
const LOCALE = 'ru';

/** An event that a line tells: its id and key follow from what it says. */
type Announced = {
  id: Id;
  key: string;
  type: EventType;
  importance: Importance;
  at: Date;
  payload: Payload;
};
/** What happened so long before its order was known is history, and no news to anybody. */
const HISTORY_MS = 30 * 86_400_000;

/** What a write of another node may have crossed is looked at again: such a key is not taken for told. */
const DOUBTED = '?';
const idsOf = (announced: readonly string[] = []): string[] =>
  announced.map((id) => (id.startsWith(DOUBTED) ? id.slice(1) : id));

/**
 * Lets the deadlines of milestones, and what does not fit together, announce themselves as events. Which of them there
 * are follows from the line; their ids and source keys follow from what they say, so that however often a line is derived
 * each is there once. What is told for an order stands on it (`announced`), written after the events: whatever dies in between, the
 * same is done again.
 */
@Injectable()
export class Announcements {
  constructor(
    private readonly projects: ProjectsRepository,
    private readonly events: EventsRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns false: an order was written meanwhile, so that it is to be looked at again */
  async announce(projects: readonly ProjectDoc[]): Promise<boolean> {
    const due = projects.flatMap((project) => {
      const wanted = this.#wantedOf(project);
      const isTold = wanted.map(({ id }) => id).join() === (project.announced ?? []).join();
      return isTold ? [] : [{ project, wanted }];
    });
    let isDone = true;
    for (const { project, wanted } of due) {
      const told = new Set(project.announced);
      await this.#tell(
        project,
        wanted.filter(({ id }) => !told.has(id)),
      );
      const ids = wanted.map(({ id }) => id);
      const over = idsOf(project.announced).filter((id) => !ids.includes(id));
      await this.#turn(over, 'resolved');
      const doubted = [...new Set([...ids, ...idsOf(project.announced)])].map((id) => DOUBTED + id);
      isDone = (await this.projects.writeAnnounced(project, ids, doubted)) && isDone;
    }
    return isDone;
  }

  #wantedOf(project: ProjectDoc): Announced[] {
    const { _id, line, createdAt } = project;
    const last = line.lastFact && Date.parse(line.lastFact.at);
    const isHistory = last !== null && last < createdAt.getTime() - HISTORY_MS;
    const now = this.clock.now();
    const isQuiet = !line.quietAt || line.quietAt <= now;
    const told = new Set(idsOf(project.announced));
    // Two facts may be entered in the wrong order; what was told stays told until it is over.
    const isToTell = ({ id }: Announced) => isQuiet || told.has(id);
    return [
      ...line.deadlines.map((deadline) => ofDeadline(_id, deadline)),
      ...(isHistory ? [] : line.found.map((found) => ofContradiction(project, found, now))).filter(isToTell),
    ];
  }

  async #tell(project: ProjectDoc, wanted: readonly Announced[]): Promise<void> {
    if (wanted.length === 0) return;
    await this.events.insertMany(wanted.map((each) => this.#event(project, each)));
    // It was there before, and done; now it is not done any more.
    await this.#turn(
      wanted.map(({ id }) => id),
      'back',
    );
  }

  #event(project: ProjectDoc, { type, importance, payload, at, id, key }: Announced): EventDoc {
    const now = this.clock.now();
    const base = {
      _id: id,
      type,
      module: moduleOf(type),
      title: titleIn(LOCALE, { type, title: '', payload }),
      body: '',
      importance,
      occurredAt: at,
      recordedAt: now,
      ...deadlineFields(null, project.tz),
      projectId: project._id,
      itemIds: [],
      author: { userId: null, name: '' },
      source: { module: moduleOf(type), externalId: key },
      payload,
      visibility: 'internal' as const,
      departmentId: null,
      status: bornStatus({ type, dueAt: null, recordedAt: now, isImported: false }),
      resolved: null,
      ...untouched(),
    };
    const words = { ...base, counterpartyIds: [] };
    return {
      ...base,
      ...timedFields(base, now),
      ...derivedFields(words, { project, counterparties: [] }),
    };
  }

  /**
   * Closes what is over, or gives back what was closed so. A person who has turned it is not overruled; what somebody
   * has written to meanwhile is looked at again, because nothing else would.
   */
  async #turn(ids: readonly Id[], to: 'resolved' | 'back'): Promise<void> {
    const crossed: Id[] = [];
    for (const event of await this.events.byIds(ids)) {
      const isClosedHere = event.status === 'resolved' && event.resolved?.by === null;
      if (to === 'resolved' ? event.status === 'resolved' : !isClosedHere) continue;
      const now = this.clock.now();
      const resolved = to === 'resolved' ? { at: now, by: null, from: event.status } : null;
      const status = to === 'resolved' ? to : (event.resolved?.from ?? 'open');
      const after = { ...event, status, resolved };
      const turned = await this.events.revise(
        event._id,
        event.version,
        { status, resolved, ...timedFields(after, now) },
        { rev: event.rev + 1, at: now, by: null, changes: { status: { from: event.status, to: status } } },
      );
      if (!turned) crossed.push(event._id);
    }
    if (crossed.length > 0) await this.#turn(crossed, to);
  }
}

function ofDeadline(projectId: Id, { code, kind, on, at }: Deadline): Announced {
  return {
    id: derivedId(new Date(on), 'milestone', projectId, code, on, kind),
    key: `milestone:${projectId}:${code}:${on}:${kind}`,
    type: `deadline.${kind}`,
    importance: kind === 'overdue' ? 'high' : 'normal',
    at,
    payload: { milestone: code, startOn: on },
  };
}

/** It happened when the last of the facts did. */
function ofContradiction(
  { _id, createdAt, line: { lastFact } }: ProjectDoc,
  { kind, code, needs }: Found,
  now: Date,
): Announced {
  const said = [kind, code ?? '', needs ?? ''];
  return {
    id: derivedId(createdAt, 'contradiction', _id, ...said),
    key: `contradiction:${_id}:${said.join(':')}`,
    type: 'contradiction.found',
    importance: 'normal',
    at: lastFact ? new Date(lastFact.at) : now,
    payload: { wrong: kind, milestone: code, needs },
  };
}
