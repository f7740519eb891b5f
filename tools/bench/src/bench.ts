import type { Cluster } from '@throughline/kafka-broker';
import type { Comparison, Result } from './compare.ts';
import type { Figures, Report } from './report.ts';
import type { Series } from './plot.ts';

export type Need = 'postgres' | 'kafka';

export interface Bench {
  /** as typed on the command line; the name of its folder */
  readonly name: string;
  /** what it measures, for --help */
  readonly what: string;
  /** without it the whole bench is left out */
  readonly needs: readonly Need[];
  run(context: BenchContext): Promise<void>;
}

/** What a bench is given; everything it takes from here is removed at the end, whatever the end is. */
export interface BenchContext {
  /** 1 is the full work; a bench multiplies its counts and durations by it */
  readonly scale: number;
  readonly report: Report;
  /** a fresh database of an unprivileged role, on a PostgreSQL of the bench's own that keeps fsync on */
  postgresUrl(label: string): Promise<string>;
  /** addresses of the bench's own Kafka broker. @throws KafkaToolMissing without Java */
  brokers(): Promise<readonly string[]>;
  /** a broker for one part of a bench alone, or null after noting that the part was left out for want of Java */
  ownKafka(part: string): Promise<Cluster | null>;
  compare(comparison: Comparison): Promise<Result>;
  /** keeps figures that are compared with a goal or with nothing */
  measure(name: string, figures: Figures): void;
  /** keeps a picture in .throughline/bench/<name>.svg and returns its path */
  plot(name: string, series: readonly Series[]): string;
  /** a fresh folder below the system's temporary one */
  folder(label: string): Promise<string>;
  /** runs at the end of this bench, last first, also after Ctrl-C */
  onEnd(cleanup: () => unknown): void;
}
