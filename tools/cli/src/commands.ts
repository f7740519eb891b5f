import { Option, type Command } from 'commander';
import { addAttribution } from './attribution/command.ts';
import { addData } from './data.ts';
import { addEmit } from './emit.ts';
import { addImport } from './import/command.ts';
import { addJourney } from './journey.ts';
import { addParked } from './parked.ts';
import { addProjection } from './projection.ts';
import { addPsql } from './psql.ts';
import { addQuarantine } from './quarantine.ts';
import { addReemit } from './reemit.ts';
import { addReport } from './report.ts';
import { addRestoreStore } from './restore-store.ts';
import { addSample } from './sample.ts';
import { addStatus } from './status.ts';
import { addTopics } from './topics.ts';
import { addWhere } from './where.ts';
import { addWithdraw } from './withdraw.ts';

/** Every command of `throughline`, and the options that all of them have. */
export function addCommands(program: Command): Command {
  program
    .description('One view of the whole customer journey: send events, read journeys, watch the pipeline.')
    .addOption(
      new Option(
        '--url <address>',
        'a Throughline in one process; without it, the one that runs on this machine',
      ),
    )
    .option('--json', 'print answers as JSON')
    .showHelpAfterError('(add --help for what this command takes)')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true });

  program.commandsGroup('For readers:');
  addJourney(program);
  addReport(program);
  addAttribution(program);
  program.commandsGroup('For emitters:');
  addEmit(program);
  addWithdraw(program);
  addImport(program);
  addSample(program);
  program.commandsGroup('For operators:');
  addStatus(program);
  addWhere(program);
  addParked(program);
  addQuarantine(program);
  addTopics(program);
  addReemit(program);
  addRestoreStore(program);
  addProjection(program);
  addPsql(program);
  addData(program);
  return program;
}
