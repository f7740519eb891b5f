export { AttributionError, type AttributionErrorCode } from './attribution.error.ts';
export { apportion, apportionSigned } from './exact/apportion.ts';
export { tieRank } from './exact/tie-rank.ts';
export { formatDecimal, parseDecimal, PLACES, UNIT } from './exact/decimal.ts';
export { fraction, plus, proportions, sum, times, toNumber, ZERO, type Fraction } from './exact/fraction.ts';
export {
  assistsOf,
  SUBJECT_KINDS,
  tallyAssists,
  type Assist,
  type AssistCounts,
  type AssistRow,
  type AssistTouch,
  type SubjectKind,
} from './journey/assist.ts';
export { eligible, type LeftOut, type Window } from './journey/eligible.ts';
export { isDirect, passedOver } from './journey/direct.ts';
export { endOf, lastReached, type Conversion, type Journey, type Milestones } from './journey/journey.ts';
export {
  journeysOf,
  tailOf,
  WHOLE_JOURNEY,
  type ConversionJourney,
  type JourneyRules,
} from './journey/journeys-of.ts';
export { holderOf, STAGES, type Stage } from './journey/milestone.ts';
export { convert, roundedTimes, type Money, type Rate } from './journey/money.ts';
export { normalise, readPathSteps, type PathStep } from './journey/path-step.ts';
export { compareTouches, type Dated, type RecordedTouch, type Touch } from './journey/touch.ts';
export {
  ACCOUNT_SCOPES,
  touchesOf,
  type AccountScope,
  type DealPeople,
  type Placed,
} from './journey/touches-of.ts';
export { credit, type Credit } from './model/credit.ts';
export { influence, INFLUENCES } from './model/influence.ts';
export { modelOf, RULE_MODELS } from './model/model-of.ts';
export type { ModelSpec, RuleModel, RuleModelDefinition } from './model/rule-model.ts';
export { PathCounters, type CounterOptions, type Totals } from './path/path-counters.ts';
export { PATH_COLUMNS, pathFileReader, type PathFileOptions } from './path/path-file.ts';
export {
  participation,
  pathReport,
  uniform,
  type PathReport,
  type ReportOptions,
} from './path/path-report.ts';
export { countersFor, PATH_MODELS, PATH_MODELS_ON_REQUEST } from './path/path-models.ts';
export { LONGEST_PATH, type PathRow } from './path/path-row.ts';
export { MOST_TOLD, RefusedRows, type RefusedRow } from './path/refused-rows.ts';
export { spreadOf, type ChannelSpread } from './path/spread.ts';
export type { Amount, ChannelCredit } from './path/weights.ts';
export {
  removalEffects,
  type MarkovOptions,
  type RemovalEffect,
  type RemovalEffects,
} from './model/markov.ts';
export { leaveOneOut, type LeaveOneOutCredit } from './model/leave-one-out.ts';
export { seededRandom } from './model/seeded-random.ts';
export { MOST_PLAYERS, shapleyValues } from './model/shapley-game.ts';
export {
  GAMES,
  generalCredit,
  generalCreditErrors,
  generalShapley,
  type ChannelValue,
  type Game,
  type GameValue,
  type GeneralShapley,
} from './model/shapley-general.ts';
export { orderedShapley, type OrderedCredit, type PositionCredit } from './model/shapley-ordered.ts';
export { rateOf, rateShapley, type RateOptions, type RateValue } from './model/shapley-rate.ts';
export { sampleShapleyValues, type SampledValue, type SampleOptions } from './model/shapley-sampling.ts';
export { channelIn, type ChannelGrouping, type Origin } from './channel/channel-grouping.ts';
export { originOf, type TouchOrigin } from './channel/origin-of.ts';
export { STANDARD_GROUPING } from './channel/standard-grouping.ts';
