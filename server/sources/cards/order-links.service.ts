import { Injectable } from '@nestjs/common';
import { ProjectsService } from '../../orders/projects/projects.service.ts';
import { keysBegin } from '../csv/keys.ts';
import { RecordsRepository } from '../records.repository.ts';

const KIND = 'orders';

/** Which orders the rows of a table stand for, and as which records. */
@Injectable()
export class OrderLinks {
  constructor(
    private readonly projects: ProjectsService,
    private readonly records: RecordsRepository,
  ) {}

  /** A row whose order came from this source under another spelling of its number has the key of that. */
  async of<T extends { key: string; title: string }>(source: string, keyed: readonly T[]) {
    const [links, byNumber] = await Promise.all([
      this.records.links(
        KIND,
        keyed.map(({ key }) => key),
      ),
      this.projects.ofNumbers(keyed.map(({ title }) => title)),
    ]);
    const idOf = ({ key, title }: T) => (links.has(key) ? undefined : byNumber.get(title)?._id);
    const others = await this.records.linksTo(
      KIND,
      keysBegin(source),
      keyed.flatMap((row) => idOf(row) ?? []),
    );
    const rows = keyed.map((row) => {
      const other = others.get(idOf(row) ?? '');
      // Another row may be that record by its own key.
      if (!other || links.has(other.key)) return row;
      links.set(other.key, other.link);
      return { ...row, key: other.key };
    });
    return { rows, links, byNumber };
  }
}
