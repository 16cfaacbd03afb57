import { Controller } from '@nestjs/common';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { AppConfig } from '../platform/config/config.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { toLink } from './customer-link.schema.ts';
import { CustomerLinks } from './customer-links.service.ts';

@Controller()
export class CustomerLinksController {
  constructor(
    private readonly links: CustomerLinks,
    private readonly projects: ProjectsService,
    private readonly config: AppConfig,
  ) {}

  @Route('GET /projects/:id/links')
  async list(@Asked() { id }: Asked<'GET /projects/:id/links'>, @CurrentUser() user: UserDoc) {
    return this.#of(await this.projects.readable(actorOf(user), id));
  }

  @Route('POST /projects/:id/links')
  async make(@Asked() { id, body }: Asked<'POST /projects/:id/links'>, @CurrentUser() user: UserDoc) {
    const project = await this.projects.writable(actorOf(user), id);
    const of = { projectId: id, counterpartyId: project.counterpartyId, madeBy: user._id };
    const { link, token } = await this.links.make(of, body);
    return { link: toLink(link), url: `${this.config.baseUrl}/s/${token}` };
  }

  @Route('POST /projects/:id/links/revoke')
  async revoke(
    @Asked() { id, body }: Asked<'POST /projects/:id/links/revoke'>,
    @CurrentUser() user: UserDoc,
  ) {
    const project = await this.projects.writable(actorOf(user), id);
    await this.links.revoke(id, body.linkId);
    return this.#of(project);
  }

  /** Those of a customer who was it before open nothing. */
  async #of(project: ProjectDoc) {
    const links = await this.links.of(project._id);
    const holder = await this.links.holders(links, project);
    return { items: links.filter((link) => holder(link).isTheirs).map(toLink) };
  }
}
