import type { Queryable } from '@throughline/postgres';
import type { Ask } from './ask.query.ts';
import { daysBetween, lastInstant, moment } from './clock.query.ts';
import { dataSets } from './dimensions.table.ts';
import { distribution, percent } from './distribution.query.ts';
import { countGroups, type GroupPage } from './grouped.query.ts';
import type { Statement } from './statement.query.ts';

const where = (condition: string): string => `count(*) filter (where ${condition})`;

/**
 * Every hand-off has exactly one answer or is open: offered = accepted + rejected + expired + open.
 * By human touch of sales, judged as of `at`: offered = touchedInTime + touchedLate +
 * touchedUndated + answeredUntouched + ignored + notYetDue. A hand-off without a due date starts no clock.
 */
export function handOffs(database: Queryable, ask: Ask): Promise<GroupPage> {
  const counts = (statement: Statement) => {
    const at = lastInstant(ask.at, ask.clock, statement);
    const untouched = "d.touch = 'none'";
    const answered = "d.answer in ('accepted', 'rejected')";
    const due = `(d.answer = 'expired' or coalesce(d.first_touch_due, d.answer_due) <= ${at})`;
    return {
      offered: 'count(*)',
      accepted: where("d.answer = 'accepted'"),
      rejected: where("d.answer = 'rejected'"),
      expired: where("d.answer = 'expired'"),
      open: where('d.answer is null'),
      acceptedPercent: percent(where("d.answer = 'accepted'"), 'count(*)'),
      touchedInTime: where("d.touch = 'in time'"),
      touchedLate: where("d.touch = 'late'"),
      touchedUndated: where("d.touch = 'undated'"),
      answeredUntouched: where(`${untouched} and coalesce(${answered}, false)`),
      ignored: where(`${untouched} and not coalesce(${answered}, false) and coalesce(${due}, false)`),
      notYetDue: where(`${untouched} and not coalesce(${answered}, false) and not coalesce(${due}, false)`),
      daysToAnswer: distribution(
        daysBetween(moment('offered_at'), moment('answered_at'), ask.clock, statement),
      ),
    };
  };
  return countGroups(database, dataSets['hand-offs'], { counts }, ask);
}
