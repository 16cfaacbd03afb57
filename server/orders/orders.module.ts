import { Module } from '@nestjs/common';
import { DirectoryModule } from '../directory/directory.module.ts';
import { ChainsController } from './chains.controller.ts';
import { ChainsService } from './chains.service.ts';
import { FactsRepository } from './facts.repository.ts';

@Module({
  imports: [DirectoryModule],
  controllers: [ChainsController],
  providers: [ChainsService, FactsRepository],
})
export class OrdersModule {}
