import { Injectable, Module, type DynamicModule, type Type } from '@nestjs/common';
import { Health } from './health.ts';
import { HealthController } from './health.controller.ts';
import { Lifecycle } from './lifecycle.ts';
import { TurnedAway } from './turned-away.ts';

/** All that a module contributes to, for those that need more than one. */
@Injectable()
export class Shell {
  constructor(
    readonly health: Health,
    readonly lifecycle: Lifecycle,
    readonly turnedAway: TurnedAway,
  ) {}
}

const shared = [Health, Lifecycle, TurnedAway, Shell];

/** The root of every process: the services' modules, and what they contribute to. */
@Module({})
export class ShellModule {
  static around(modules: readonly (DynamicModule | Type)[]): DynamicModule {
    return {
      module: ShellModule,
      global: true,
      imports: [...modules],
      controllers: [HealthController],
      providers: shared,
      exports: shared,
    };
  }
}
