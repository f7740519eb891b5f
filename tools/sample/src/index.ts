import type { Sendable } from '@throughline/client';
import { describeCompany } from './company.ts';
import { tellStories } from './stories.ts';

export { SAMPLE_SOURCE } from './script.ts';

/**
 * The sample company: about 40 invented accounts from first sight to closed deal, labelled as simulated in
 * every name and by its source. The same seed gives the same sends, ids included.
 */
export function sampleCompany(seed = 1): readonly Sendable[] {
  return [describeCompany(), ...tellStories(seed)].flatMap((script) => script.sends);
}
export { SeededRandom } from './random.ts';
