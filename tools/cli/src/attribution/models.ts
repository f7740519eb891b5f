import type { Command } from 'commander';
import { RULE_MODELS } from '@throughline/attribution';
import { ProblemAnswer, type Page } from '@throughline/client';
import { clientOf } from '../context.ts';
import { nextPage, say, show } from '../output.ts';
import { wideTable } from '../wide-table.ts';
import { example, pageOf, paged } from './asked.ts';
import { readJson } from './json-file.ts';
import { CUSTOM_EXPLAINED } from './own-models.ts';

interface Version {
  readonly model: string;
  readonly version: number;
  readonly rule: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly scope: string;
  readonly windowDays: number | null;
  readonly inForceFrom: string | null;
  readonly exposures: boolean;
  readonly mostRecent: number | null;
  readonly severalConversions: string;
  readonly pathSteps?: readonly Readonly<Record<string, Parameter>>[];
  readonly milestones?: string;
  readonly stageProbabilities?: Readonly<Record<string, Parameter>>;
}

type Parameter = string | number | readonly Parameter[] | { readonly [name: string]: Parameter };

interface Defined {
  readonly stream: string;
  readonly version: number;
  readonly events: readonly unknown[];
}

const ROUTE = '/v1/attribution-models';
/** touches that count in the standard models */
const DEFINITION = `
The file says the rule and what is not as in the standard models:

  {
    "rule": "time-decay",
    "parameters": { "halfLifeDays": 14 },
    "scope": "account",
    "windowDays": 180,
    "inForceFrom": "2027-01-01T00:00:00Z"
  }

rule: one that \`attribution models\` shows, or one whose weights you choose:

${CUSTOM_EXPLAINED}
custom-by-stage: { "stages": { "first": 30, "lead": 30, "opportunity": 30 }, "middle": 10, "missing": "renormalise" }
  stages: first, lead, opportunity, close; middle: of the other touches before the last stage, together;
  "next-stage" gives the weight of a stage that is missing to the next one

scope: account, contact-roles or primary-contact. windowDays: how far back touches count.
milestones: first or last, which lead capture and which opening hold them where there are several; first unless told.
inForceFrom: deals that close from then on; the first version of a model needs none and is for every deal.
Nothing takes a version back: credit that was given keeps it. The next version is for deals that close from its
inForceFrom on, an instant that lies ahead.
All else that a file can say is described at /docs, POST /v1/attribution-models/{id}/define.

Example:
  throughline attribution define slow-decay slow-decay.json`;

/** Definitions of models. */
export function addModels(attribution: Command): void {
  const list = paged(attribution.command('models'), 'versions')
    .description('every version of every model: its rule, whose touches count and how far back')
    .action(async (asked: { limit: number; cursor?: string }, command: Command) => {
      const { items } = await clientOf(command).get<Page<Version>>('attribution', ROUTE);
      show(command, pageOf('models', items, asked), print);
    });
  example(list, 'throughline attribution models');
  attribution
    .command('define')
    .argument('<model>', 'its id, such as slow-decay; a new version where there is one of this id')
    .argument('<file>', 'JSON with its rule and settings; - reads standard input')
    .description('define a model of your own, or another version of one')
    .addHelpText('after', DEFINITION)
    .action(async (model: string, file: string, _options: object, command: Command) => {
      const client = clientOf(command);
      const path = `${ROUTE}/${encodeURIComponent(model)}`;
      const data = await readJson(file);
      const defined = await client
        .post<Defined>('attribution', `${path}/define`, { data })
        .catch((error: unknown) => {
          throw error instanceof ProblemAnswer ? inFile(error) : error;
        });
      const { items } = await client.get<Page<Version>>('attribution', path);
      show(command, defined, ({ events }) => {
        say(
          events.length === 0 ? `${model} is so already; nothing was changed.` : `${model} is defined.`,
          '',
        );
        print({ items: items.slice(-1), next: null });
        if (events.length > 0)
          say(
            '',
            'The deals it is for are credited anew: `throughline attribution recompute` tells how far.',
          );
      });
    });
}

function print({ items, next }: Page<Version>): void {
  const isSpecial = items.some((it) => more(it) !== '');
  wideTable(
    ['model', 'rule', 'parameters', 'touches of', 'deals closed', ...(isSpecial ? ['besides'] : [])],
    items.map((it) => [
      ...[`${it.model} v${it.version}`, it.rule, named(inOrder(it))],
      `${it.scope}, ${it.windowDays === null ? 'any time' : `${it.windowDays} days`}`,
      it.inForceFrom === null ? 'at any time' : `from ${it.inForceFrom.slice(0, 16).replace('T', ' ')}`,
      ...(isSpecial ? [more(it)] : []),
    ]),
    { empty: 'No model is defined yet: the service makes the standard ones when it starts.' },
  );
  if (items.length > 0)
    say(
      '',
      'parameters: as a file for `attribution define` names them; touches of: whose, and how far back.',
    );
  nextPage(next);
}

/** What is not as in the standard models. */
const more = (it: Version): string =>
  [
    ...(it.exposures ? ['exposures count'] : []),
    ...(it.mostRecent === null ? [] : [`the ${it.mostRecent} most recent touches`]),
    ...(it.severalConversions === 'reuse' ? [] : [`several deals: ${it.severalConversions}`]),
    ...(it.pathSteps ?? []).map(({ step, ...rest }) => `${valueOf(step ?? '')} ${named(rest)}`.trim()),
    ...(it.milestones ? [`the ${it.milestones} capture and opening`] : []),
    ...(it.stageProbabilities ? [`pipeline by stage: ${named(it.stageProbabilities)}`] : []),
  ].join('; ');

/** Parameters as their rule has them in order, not as they were kept. */
function inOrder({ rule, parameters }: Version): Version['parameters'] {
  const known = RULE_MODELS.find(({ name }) => name === rule)?.parameters ?? [];
  const placeOf = (name: string) => (known.includes(name) ? known.indexOf(name) : known.length);
  return Object.fromEntries(
    Object.entries(parameters).sort(([one], [other]) => placeOf(one) - placeOf(other)),
  );
}

const named = (values: Readonly<Record<string, Parameter>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${valueOf(value)}`)
    .join(', ');

function valueOf(value: Parameter): string {
  if (typeof value !== 'object') return String(value);
  return `(${isList(value) ? value.map(valueOf).join(', ') : named(value)})`;
}

const isList = (value: Parameter): value is readonly Parameter[] => Array.isArray(value);

/** The service names fields of what it was sent; the file is a part of that. */
function inFile({ status, problem }: ProblemAnswer): ProblemAnswer {
  const named = (value: unknown) => (typeof value === 'string' ? value.replace('/data/', '/') : value);
  return new ProblemAnswer(status, {
    ...{ ...problem, detail: named(problem['detail']), field: named(problem['field']) },
  });
}
