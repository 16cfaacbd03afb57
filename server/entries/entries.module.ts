import { Module } from '@nestjs/common';
import { RewriteBell } from './rewrite-bell.ts';
import { Withheld } from './withheld.ts';

/** What orders and counterparties have in common. */
@Module({ providers: [RewriteBell, Withheld], exports: [RewriteBell, Withheld] })
export class EntriesModule {}
