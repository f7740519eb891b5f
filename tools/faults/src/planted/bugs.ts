import type { Bug } from './bug.ts';
import { bugsOfCrediting } from './bugs-of-crediting.ts';
import { bugsOfImporting } from './bugs-of-importing.ts';
import { bugsOfProjecting } from './bugs-of-projecting.ts';
import { bugsOfRestoring } from './bugs-of-restoring.ts';
import { bugsOfSending } from './bugs-of-sending.ts';
import { bugsOfTheLog } from './bugs-of-the-log.ts';

export const bugs: readonly Bug[] = [
  ...bugsOfSending,
  ...bugsOfTheLog,
  ...bugsOfProjecting,
  ...bugsOfCrediting,
  ...bugsOfRestoring,
  ...bugsOfImporting,
];

/** @returns the file's content with the bug in it @throws when what it replaces is not there exactly once */
export function plant(content: string, { name, file, find, replace }: Bug): string {
  const parts = content.split(find);
  if (parts.length !== 2) {
    throw new Error(
      `${name}: what it replaces occurs ${parts.length - 1} times in ${file}, must be once. Mend the patch.`,
    );
  }
  return parts.join(replace);
}
