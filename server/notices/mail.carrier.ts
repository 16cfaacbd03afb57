import { Injectable } from '@nestjs/common';
import { translate } from '@svodka/shared/messages/catalogue';
import { AppConfig } from '../platform/config/config.ts';
import { Mailer, type Outcome } from '../platform/mailer/mailer.ts';
import type { Attempt, Carrier, Content } from './channel.ts';
import { LettersService } from './letters.service.ts';
import type { DeliveryDoc } from './notice.schema.ts';

@Injectable()
export class MailCarrier implements Carrier {
  constructor(
    private readonly mailer: Mailer,
    private readonly letters: LettersService,
    private readonly config: AppConfig,
  ) {}

  keeps({ to }: Content): string | null {
    if (!this.mailer.isOn) return 'no-smtp';
    return /\.invalid$/i.test(to) ? 'demo-address' : null;
  }

  async send({ messageId }: DeliveryDoc, content: Content, attempt: Attempt): Promise<Outcome> {
    const { to, name, locale, subject, text, html = '', thread, sender, leaves } = content;
    const { address, name: ours } = this.config.mailFrom;
    return this.mailer.send(
      {
        from: { name: sender ?? ours ?? translate(locale, 'mail.from'), address },
        to: { name, address: to },
        subject,
        text,
        html,
        ...(await leaves?.()),
        messageId,
        language: locale,
        thread: thread && this.letters.messageId(thread),
      },
      attempt,
    );
  }
}
