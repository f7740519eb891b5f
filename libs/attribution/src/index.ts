export { AttributionError, type AttributionErrorCode } from './attribution.error.ts';
export { apportion } from './exact/apportion.ts';
export { formatDecimal, parseDecimal, PLACES, UNIT } from './exact/decimal.ts';
export { fraction, plus, proportions, sum, times, toNumber, ZERO, type Fraction } from './exact/fraction.ts';
