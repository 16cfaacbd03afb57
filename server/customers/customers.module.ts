import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { DiscussionModule } from '../discussion/discussion.module.ts';
import { EventsModule } from '../events/events.module.ts';
import { FilesModule } from '../files/files.module.ts';
import { OrdersModule } from '../orders/orders.module.ts';
import { RefsModule } from '../refs/refs.module.ts';
import { CustomerLetters } from './customer-letters.service.ts';
import { CustomerLinksController } from './customer-links.controller.ts';
import { CustomerLinks } from './customer-links.service.ts';
import { LetterWordsController } from './letter-words.controller.ts';
import { LetterWordings } from './letter-words.service.ts';
import { PublicOrders } from './public-orders.service.ts';
import { StatusPages } from './status-pages.ts';

@Module({
  imports: [AccountsModule, RefsModule, EventsModule, DiscussionModule, OrdersModule, FilesModule],
  controllers: [CustomerLinksController, LetterWordsController],
  providers: [CustomerLetters, CustomerLinks, LetterWordings, PublicOrders, StatusPages],
  exports: [CustomerLetters, StatusPages],
})
export class CustomersModule {}
