/** What is to notice a bug. */
export type Catcher =
  'simulator' | 'log contract' | 'foreign records' | 'older store' | 'imports' | 'credit' | 'fault run';

/** A bug as a patch of one source file, put in while the file is loaded. */
export interface Bug {
  readonly name: string;
  /** what the program does wrong with it */
  readonly what: string;
  /** from the root of the repository */
  readonly file: string;
  /** occurs exactly once in the file, or nothing is planted and loading fails */
  readonly find: string;
  readonly replace: string;
  readonly caughtBy: Catcher;
}
