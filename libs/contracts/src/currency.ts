/** Codes of ISO 4217 by the digits of their minor unit; those that went out of use lately are still on old deals. */
const BY_DIGITS: readonly (readonly [number, string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE ' +
      'CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD ' +
      'HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK ' +
      'MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB ' +
      'SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD ' +
      'USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const digits = new Map(
  BY_DIGITS.flatMap(([places, codes]) => codes.split(' ').map((code) => [code, places] as const)),
);

/** Every currency that amounts can be converted from and to, by code. */
export const CURRENCIES: readonly string[] = [...digits.keys()].sort();

/**
 * How many digits of a whole its minor unit has: 2 for EUR, 0 for JPY, 3 for KWD.
 * @returns null for what is no code of ISO 4217
 */
export function minorDigits(currency: string): number | null {
  return digits.get(currency) ?? null;
}

/**
 * Minor units as people write them: 482100 of EUR are "4821.00", of JPY "482100".
 * @returns null where nobody knows how many digits the minor unit has
 */
export function inWhole(amount: bigint, currency: string | null): string | null {
  const places = currency === null ? null : minorDigits(currency);
  if (places === null) return null;
  const sign = amount < 0n ? '-' : '';
  const text = String(amount < 0n ? -amount : amount).padStart(places + 1, '0');
  const whole = text.length - places;
  return `${sign}${text.slice(0, whole)}${places === 0 ? '' : '.'}${text.slice(whole)}`;
}
