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

  async write(notice: NoticeDoc, user: UserDoc, event: EventDoc): Promise<WrittenLetter> {
    const [[project], { counterparties }] = await Promise.all([
      event.projectId ? this.projects.byIds([event.projectId]) : [],
      this.refs.refsOf({ counterpartyIds: event.counterpartyIds }),
    ]);
    return writeLetter({
      locale: user.locale,
      reason: notice.reason,
      role: notice.role,
      event,
      project: project ?? null,
      counterparties: counterparties.map(({ name }) => name),
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
