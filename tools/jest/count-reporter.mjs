/**
 * Says at the end how many tests ran, overall and against each log, and lets no run of the whole suite
 * (THROUGHLINE_WHOLE_SUITE=1) pass in which nothing was proven against a real Kafka broker.
 * A test belongs to a log when its full name holds `[log: kafka]`, `[log: postgres]` or `[log: memory]`.
 */
const LOGS = ['kafka', 'postgres', 'memory'];
const KINDS = { passed: 'passed', failed: 'failed', pending: 'skipped', skipped: 'skipped', todo: 'skipped' };

export default class CountReporter {
  #error;

  /** Jest prints its own summary after this, so the count waits for the end of the process: it is the last line. */
  onRunComplete(_contexts, results) {
    const counts = countTests(results);
    const lines = ['', ...table(counts), ''];
    if (process.env['THROUGHLINE_WHOLE_SUITE'] === '1') lines.push(...this.#requireKafka(counts.kafka));
    const { passed, failed, skipped } = counts.all;
    lines.push(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    process.once('exit', () => process.stdout.write(`${lines.join('\n')}\n`));
  }

  /** Jest asks for it when the run is over; an error makes the exit code 1. */
  getLastError() {
    return this.#error;
  }

  #requireKafka(kafka) {
    if (kafka.passed > 0) return [];
    if (process.env['NO_KAFKA'] === '1') return ['UNPROVEN: the Kafka suite did not run (NO_KAFKA=1)'];
    this.#error = new Error('No test passed against a real Kafka broker');
    return [
      'FAILED: no test passed against a real Kafka broker. Set KAFKA_BROKERS to a running one, or install Java 17',
      'and Maven so that one can be started; NO_KAFKA=1 leaves it unproven.',
    ];
  }
}

function countTests(results) {
  const counts = Object.fromEntries(
    ['all', ...LOGS].map((log) => [log, { passed: 0, failed: 0, skipped: 0 }]),
  );
  for (const file of results.testResults) {
    // A file that cannot be loaded has no tests to count, and is a failure all the same.
    if (file.testExecError || (file.failureMessage && file.testResults.length === 0)) counts.all.failed += 1;
    for (const test of file.testResults) {
      const kind = KINDS[test.status];
      if (!kind) continue;
      counts.all[kind] += 1;
      for (const log of LOGS) if (test.fullName.includes(`[log: ${log}]`)) counts[log][kind] += 1;
    }
  }
  return counts;
}

function table(counts) {
  const row = (log, cells) => log.padEnd(10) + cells.map((cell) => String(cell).padStart(9)).join('');
  return [
    'tests per log',
    row('log', ['passed', 'failed', 'skipped']),
    ...LOGS.map((log) => row(log, Object.values(counts[log]))),
  ];
}
