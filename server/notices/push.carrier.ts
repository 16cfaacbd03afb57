import { Injectable } from '@nestjs/common';
import webPush from 'web-push';
import { AppConfig } from '../platform/config/config.ts';
import type { Outcome } from '../platform/mailer/mailer.ts';
import { post } from '../platform/post/post.ts';
import type { Attempt, Carrier, Content } from './channel.ts';
import type { DeliveryDoc } from './notice.schema.ts';
import { type PushDevice, PushService } from './push.service.ts';

/** A message that nobody fetched within a day is of yesterday, s. */
const KEPT_S = 24 * 3_600;
const ROOM = { title: 200, body: 400 };

/** Tells a person's browsers, all that have asked for it. One that is gone is forgotten. */
@Injectable()
export class PushCarrier implements Carrier {
  constructor(
    private readonly pushes: PushService,
    private readonly config: AppConfig,
  ) {}

  keeps(): null {
    return null;
  }

  async send(delivery: DeliveryDoc, content: Content, { signal }: Attempt): Promise<Outcome> {
    const devices = delivery.userId ? await this.pushes.devicesOf(delivery.userId) : [];
    if (devices.length === 0) return { kind: 'refused', permanent: true, response: 'no-device' };
    const said = JSON.stringify({
      title: content.subject.slice(0, ROOM.title),
      body: content.brief.slice(0, ROOM.body),
      path: content.path,
      tag: delivery._id,
    });
    const outcomes = await Promise.all(
      devices.map((device) => this.#tell(device, delivery._id, said, signal)),
    );
    return (
      outcomes.find(({ kind }) => kind === 'sent') ??
      // Whoever may be there later is asked again; the tag makes a repetition the same message.
      outcomes.find((outcome) => outcome.kind === 'refused' && !outcome.permanent) ??
      (outcomes[0] as Outcome)
    );
  }

  async #tell(
    { _id, endpoint, keys }: PushDevice,
    tag: string,
    said: string,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { publicKey, privateKey } = await this.pushes.keys();
    const vapidDetails = { subject: `mailto:${this.config.mailFrom.address}`, publicKey, privateKey };
    const options = { vapidDetails, TTL: KEPT_S, topic: tag.replaceAll('-', ''), urgency: 'high' } as const;
    const { headers, body } = webPush.generateRequestDetails({ endpoint, keys }, said, options);
    const mayInside = this.config.allowPrivate;
    const answer = await post(endpoint, {
      headers: headers as Record<string, string>,
      body,
      mayInside,
      signal,
    });
    const { status, response } = answer;
    if (status !== null && status >= 200 && status < 300) return { kind: 'sent', response };
    const isGone = status === 404 || status === 410 || (status === null && answer.isInside);
    if (isGone) await this.pushes.forget(_id);
    return { kind: 'refused', permanent: isGone, response };
  }
}
