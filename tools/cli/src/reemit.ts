import { Option, type Command } from 'commander';
import { clientOf } from './context.ts';
import { say, show } from './output.ts';

export function addReemit(program: Command): void {
  program
    .command('reemit')
    .argument('<stream>', 'id of a lead or opportunity')
    .addOption(
      new Option('--service <name>', 'whose stream it is')
        .choices(['leads', 'opportunities'])
        .makeOptionMandatory(),
    )
    .description('publish all events of a stream again, to fill a gap; readers drop what they have')
    .action(async (stream: string, { service }: { service: 'leads' | 'opportunities' }, command: Command) => {
      const answer = await clientOf(command).post<{ records: number }>(
        service,
        `/v1/${service}/${encodeURIComponent(stream)}/reemit`,
      );
      show(command, answer, ({ records }) =>
        say(`${records} events of ${stream} wait to be published again.`),
      );
    });
}
