import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../platform/config/config.ts';
import type { Outcome } from '../platform/mailer/mailer.ts';
import { post } from '../platform/post/post.ts';
import type { Attempt, Carrier, Content } from './channel.ts';
import type { DeliveryDoc } from './notice.schema.ts';

const MARK = 'whsec_';

/**
 * Tells another program, signed as Standard Webhooks has it: the receiver knows who speaks, that nothing was changed,
 * when it was said, and by the id what it has heard already.
 */
@Injectable()
export class WebhookCarrier implements Carrier {
  constructor(private readonly config: AppConfig) {}

  keeps(): string | null {
    return this.config.webhook ? null : 'no-webhook';
  }

  async send(delivery: DeliveryDoc, { text }: Content, { signal }: Attempt): Promise<Outcome> {
    const { webhook, allowPrivate } = this.config;
    if (!webhook) throw new Error('no webhook is configured');
    const id = delivery._id;
    const at = Math.floor(Date.now() / 1_000);
    const answer = await post(webhook.url, {
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'webhook-id': id,
        'webhook-timestamp': at,
        'webhook-signature': signatureOf(webhook.secret, id, at, text),
      },
      body: text,
      mayInside: allowPrivate,
      signal,
    });
    const { status, response } = answer;
    if (status !== null && status >= 200 && status < 300) return { kind: 'sent', response };
    return { kind: 'refused', permanent: status === 410 || (status === null && answer.isInside), response };
  }
}

/** A secret is written as libraries of the standard do, base64 behind a mark; any other is its own text. */
export function signatureOf(secret: string, id: string, at: number, text: string): string {
  const isMarked = secret.startsWith(MARK);
  const key = isMarked ? Buffer.from(secret.slice(MARK.length), 'base64') : Buffer.from(secret, 'utf8');
  return `v1,${createHmac('sha256', key).update(`${id}.${at}.${text}`).digest('base64')}`;
}
