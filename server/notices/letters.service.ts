import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import { dayIn } from '@svodka/shared/rules/orders/facts';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { RefsService } from '../refs/refs.service.ts';
import { type LetterFacts, type WrittenLetter, writeLetter } from './letter.ts';
import type { NoticeDoc } from './notice.schema.ts';

/** What a letter is written from. */
export type Ready = {
  notice: Pick<NoticeDoc, '_id' | 'reason' | 'role' | 'awaits'>;
  user: UserDoc;
  event: EventDoc;
};

const namesIn = ({ projects, counterparties }: Refs): Map<Id, string> =>
  new Map([
    ...projects.map(({ id, number }) => [id, number] as const),
    ...counterparties.map(({ id, name }) => [id, name] as const),
  ]);

/** Writes letters from what is stored now. */
@Injectable()
export class LettersService {
  constructor(
    private readonly projects: ProjectsService,
    private readonly refs: RefsService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Reads what the letters to some people about some events name, once for all of them. */
  async writerFor(
    letters: readonly { user: UserDoc; event: EventDoc }[],
  ): Promise<(told: Ready, ...others: readonly Ready[]) => WrittenLetter> {
    const eventsOf = new Map<UserDoc, EventDoc[]>();
    for (const { user, event } of letters) eventsOf.set(user, [...(eventsOf.get(user) ?? []), event]);
    const [projects, names] = await Promise.all([
      this.projects.byIds([...new Set(letters.flatMap(({ event }) => event.projectId ?? []))]),
      // A letter names what its reader may see, as a page does.
      Promise.all(
        [...eventsOf].map(async ([user, events]) => {
          const refs = await this.refs.refsOf(actorOf(user), { events });
          return [user, namesIn(refs)] as const;
        }),
      ),
    ]);
    const projectById = new Map(projects.map((project) => [project._id, project]));
    const namesOf = new Map(names);
    const factsOf = ({ notice: { _id: noticeId, ...notice }, user, event }: Ready): LetterFacts => {
      const names = namesOf.get(user);
      const project = event.projectId && names?.has(event.projectId) ? event.projectId : null;
      return {
        locale: user.locale,
        noticeId,
        reason: notice.reason,
        awaits: notice.awaits,
        role: notice.role,
        event,
        project: (project && projectById.get(project)) || null,
        counterparties: event.counterpartyIds.flatMap((id) => names?.get(id) ?? []),
        zone: this.config.tzDefault,
        today: dayIn(user.tz, this.clock.now()),
        baseUrl: this.config.baseUrl,
      };
    };
    return (told, ...others) => writeLetter(factsOf(told), ...others.map(factsOf));
  }

  /** The same for every attempt to carry one thing (SPEC D6); of an order: what its letters stand together by. */
  messageId(id: string): string {
    const host = this.config.publicUrl
      ? new URL(this.config.publicUrl).hostname
      : this.config.mailFrom.address.split('@')[1];
    return `<${id}@${host}>`;
  }
}
