import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { CounterpartiesService } from '../../counterparties/counterparties.service.ts';
import { EventIntake } from '../../events/event-intake.service.ts';
import { ConfidentialRepository } from '../../orders/projects/confidential.repository.ts';
import { ProjectsService } from '../../orders/projects/projects.service.ts';
import type { LinkDoc } from '../import.schema.ts';
import { RecordsRepository } from '../records.repository.ts';
import { finding } from './card-intake.ts';

const AT_ONCE = 50;

/** Takes back the cards that an import made; one upon which something has been built stays, and is named. */
@Injectable()
export class CardUndo {
  constructor(
    private readonly records: RecordsRepository,
    private readonly projects: ProjectsService,
    private readonly counterparties: CounterpartiesService,
    private readonly intake: EventIntake,
    private readonly confidential: ConfidentialRepository,
  ) {}

  /** Some of them, in the name of `by`. @returns how many went and how many stayed; null: there are none left */
  async some(batchId: Id, by: Id): Promise<{ undone: number; kept: number } | null> {
    const links = await this.records.linksOf(batchId, AT_ONCE);
    if (links.length === 0) return null;
    let kept = 0;
    for (const link of links) {
      const why = link.made ? await this.#remove(link, by) : null;
      if (why === null) {
        await this.records.unlink(link);
        continue;
      }
      kept++;
      const { line, recordId: id } = link;
      const title = why.title;
      await this.records.find(batchId, [finding({ line, title, card: {} }, 'kept', { id, why: why.why })]);
      await this.records.leave(link);
    }
    return { undone: links.length - kept, kept };
  }

  /** Null: it is gone. */
  async #remove(link: LinkDoc, by: Id): Promise<{ title: string; why: string } | null> {
    const { kind, recordId, version } = link;
    const cards = kind === 'orders' ? this.projects : this.counterparties;
    const [doc] = await cards.byIds([recordId]);
    if (!doc) return null;
    const title = 'name' in doc ? doc.name : doc.number;
    if (doc.version !== version) return { title, why: 'edited' };
    const used = await this.records.useOf(link);
    if (used) return { title, why: used };
    if (!(await cards.remove(doc as never))) return { title, why: 'edited' };
    // What came to name it while it went puts it back.
    const late = await this.records.useOf(link);
    if (!late) {
      if (kind === 'orders') {
        await this.intake.takeBackTold(recordId, by);
        await this.confidential.write(new Map([[recordId, '']]));
      }
      return null;
    }
    await cards.putBack(doc as never);
    return { title, why: late };
  }
}
