import { Injectable } from '@nestjs/common';
import type { UserDoc } from '../accounts/user.schema.ts';
import { ProjectsService } from '../directory/projects.service.ts';
import { RefsService } from '../directory/refs.service.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { AppConfig } from '../platform/config/config.ts';
import { type WrittenLetter, writeLetter } from './letter.ts';
import type { NoticeDoc } from './notice.schema.ts';

/** Writes letters from what is stored now. */
@Injectable()
export class LettersService {
  constructor(
    private readonly projects: ProjectsService,
    private readonly refs: RefsService,
    private readonly config: AppConfig,
  ) {}

  /** Reads what the letters about some events name, once for all of them. */
  async writerFor(
    events: EventDoc[],
  ): Promise<(notice: Pick<NoticeDoc, 'reason' | 'role'>, user: UserDoc, event: EventDoc) => WrittenLetter> {
    const [projects, refs] = await Promise.all([
      this.projects.byIds([...new Set(events.flatMap(({ projectId }) => projectId ?? []))]),
      this.refs.refsOf({ counterpartyIds: events.flatMap(({ counterpartyIds }) => counterpartyIds) }),
    ]);
    const projectById = new Map(projects.map((project) => [project._id, project]));
    const nameById = new Map(refs.counterparties.map(({ id, name }) => [id, name]));
    return ({ reason, role }, user, event) =>
      writeLetter({
        locale: user.locale,
        reason,
        role,
        event,
        project: (event.projectId && projectById.get(event.projectId)) || null,
        counterparties: event.counterpartyIds.flatMap((id) => nameById.get(id) ?? []),
        zone: this.config.tzDefault,
        baseUrl: this.config.baseUrl,
      });
  }

  /** The same for every attempt to carry a notice (SPEC D6). */
  messageId(notice: Pick<NoticeDoc, '_id'>): string {
    const host = this.config.publicUrl
      ? new URL(this.config.publicUrl).hostname
      : this.config.mailFrom.split('@')[1];
    return `<${notice._id}@${host}>`;
  }
}
