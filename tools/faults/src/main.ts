import { Command } from 'commander';
import { addFuzzCommand } from './fuzz/command.ts';
import { addPlantedCommand } from './planted/command.ts';
import { addRunCommand } from './runner/command.ts';
import { addSimulateCommand } from './simulator/command.ts';

const program = new Command('faults').description(
  'Attacks the path of an event, in simulation and over real processes, and judges what is left.',
);
for (const add of [addSimulateCommand, addRunCommand, addPlantedCommand, addFuzzCommand]) add(program);
await program.parseAsync();
