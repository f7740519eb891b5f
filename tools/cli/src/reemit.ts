import { Option, type Command } from 'commander';
import { clientOf } from './context.ts';
import { say, show } from './output.ts';

/** Whose streams there are: the service that has them, and its routes. */
const owners = {
  leads: { service: 'leads', path: '/v1/leads' },
  opportunities: { service: 'opportunities', path: '/v1/opportunities' },
  credit: { service: 'attribution', path: '/v1/credit/opportunities' },
  'attribution-models': { service: 'attribution', path: '/v1/attribution-models' },
  'exchange-rates': { service: 'attribution', path: '/v1/exchange-rates' },
} as const;

export function addReemit(program: Command): void {
  program
    .command('reemit')
    .argument('<stream>', 'id of a lead, an opportunity or a model, or a pair of currencies, such as USD/EUR')
    .addOption(
      new Option('--service <name>', 'whose stream it is; credit is said of opportunities')
        .choices(Object.keys(owners))
        .makeOptionMandatory(),
    )
    .description('publish all events of a stream again, to fill a gap; readers drop what they have')
    .action(async (stream: string, options: { service: keyof typeof owners }, command: Command) => {
      const { service, path } = owners[options.service];
      const answer = await clientOf(command).post<{ records: number }>(
        service,
        `${path}/${encodeURIComponent(stream)}/reemit`,
      );
      show(command, answer, ({ records }) =>
        say(`${records} events of ${stream} wait to be published again.`),
      );
    });
}
