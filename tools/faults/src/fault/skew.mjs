/**
 * Loaded before a service: its clock is off by CLOCK_OFF_MS, as where nobody keeps time. Timers go on as they did.
 */
const off = Number(process.env.CLOCK_OFF_MS ?? 0);
if (off !== 0) {
  const Real = Date;
  globalThis.Date = class Date extends Real {
    constructor(...words) {
      if (words.length === 0) super(Real.now() + off);
      else super(...words);
    }
    static now() {
      return Real.now() + off;
    }
  };
}
