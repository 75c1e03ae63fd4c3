import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** The first executable of that name on a search path, as the shell would find it. */
export function findProgram(name: string, path: string): string | null {
  return (
    path
      .split(':')
      .map((folder) => join(folder, name))
      .find(isExecutable) ?? null
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return file.startsWith('/') && statSync(file).isFile();
  } catch {
    return false;
  }
}
