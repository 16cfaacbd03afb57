import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { deriveLine } from '@svodka/shared/rules/orders/line';
import { further, rank } from '@svodka/shared/rules/orders/status';
import { Clock } from '../platform/clock.ts';
import { Announcements } from './announcements.service.ts';
import { FACTS_MOST, FactsRepository, type LineFactDoc } from './facts.repository.ts';
import { PaidSince } from './paid-since.service.ts';
import { cardOf } from './projects/chain-input.ts';
import type { LineDoc, ProjectDoc } from './projects/project.schema.ts';
import { ProjectsRepository } from './projects/projects.repository.ts';

/** So many facts are held at once; orders that have more together are taken by halves. */
const FACTS_AT_ONCE = 5_000;

/** Derives the lines of orders and writes those that have changed. Done twice, at once or by several nodes, it ends as done once. */
@Injectable()
export class LinesService {
  constructor(
    private readonly projects: ProjectsRepository,
    private readonly facts: FactsRepository,
    private readonly announcements: Announcements,
    private readonly paidSince: PaidSince,
    private readonly clock: Clock,
  ) {}

  /**
   * The order is read before its events, and written only as it was read: whoever writes later has read no less.
   * @returns false: somebody has written one of them meanwhile, so that they are to be derived again
   */
  async derive(ids: readonly Id[]): Promise<boolean> {
    const projects = await this.projects.byIds(ids);
    return projects.length === 0 || this.#deriveAll(projects);
  }

  async #deriveAll(projects: readonly ProjectDoc[]): Promise<boolean> {
    const ids = projects.map(({ _id }) => _id);
    const most = ids.length === 1 ? FACTS_MOST : FACTS_AT_ONCE;
    const facts = await this.facts.forLines(ids, most + 1);
    if (facts.length > most && ids.length > 1) {
      const half = Math.ceil(projects.length / 2);
      const first = await this.#deriveAll(projects.slice(0, half));
      return (await this.#deriveAll(projects.slice(half))) && first;
    }
    const byProject = new Map<Id | null, LineFactDoc[]>(ids.map((id) => [id, []]));
    for (const fact of facts.slice(0, most)) byProject.get(fact.projectId)?.push(fact);
    const now = await this.clock.certain();
    const lines = projects.map((project) =>
      lineNow(project, byProject.get(project._id) ?? [], now, facts.length <= most),
    );
    const writes = projects.flatMap((of, i) => {
      const line = lines[i];
      return line ? [{ of, line, status: statusOf(of, line) }] : [];
    });
    if ((await this.projects.writeLines(writes)) < writes.length) return false;
    if (facts.length <= most)
      for (const project of projects)
        await this.paidSince.close(project, byProject.get(project._id) ?? [], now);
    return this.announcements.announce(
      projects.map((project, i) => ({ ...project, line: lines[i] ?? project.line })),
    );
  }
}

/** The line as it is to be; null: as it is. */
function lineNow(
  project: ProjectDoc,
  facts: readonly LineFactDoc[],
  now: Date,
  isWhole: boolean,
): LineDoc | null {
  const events = facts.map((doc) => ({ ...doc, id: doc._id }));
  const { version, ...was } = project.line;
  const derived = deriveLine({ ...cardOf(project), now, events }, { isWhole });
  const status = statusOf(project, derived);
  const is = { ...derived, keys: { ...derived.keys, stage: rank(status) } };
  if (isDeepStrictEqual(was, is) && status === project.status) return null;
  return { ...is, version: version + 1 };
}

const statusOf = ({ statusOverride, picked = 'request' }: ProjectDoc, line: Pick<LineDoc, 'status'>) =>
  statusOverride?.status ?? further(line.status, picked);
