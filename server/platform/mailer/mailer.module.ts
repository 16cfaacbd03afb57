import { Module } from '@nestjs/common';
import { AppConfig } from '../config/config.ts';
import { Mailer } from './mailer.ts';

@Module({
  providers: [
    { provide: Mailer, inject: [AppConfig], useFactory: ({ smtpUrl }: AppConfig) => new Mailer(smtpUrl) },
  ],
  exports: [Mailer],
})
export class MailerModule {}
