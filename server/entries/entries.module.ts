import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.ts';
import { RewriteBell } from './rewrite-bell.ts';
import { Scopes } from './scopes.ts';
import { TakenNews } from './taken-news.ts';
import { Withheld } from './withheld.ts';

const SHARED = [RewriteBell, Scopes, TakenNews, Withheld];

/** What orders and counterparties have in common. */
@Module({ imports: [ChangesModule], providers: SHARED, exports: SHARED })
export class EntriesModule {}
