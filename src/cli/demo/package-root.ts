import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of Tutti's own package, whether this file is compiled or not. */
export function packageRoot(): string {
  let dir = import.meta.dirname;
  while (!existsSync(path.join(dir, 'package.json'))) dir = path.dirname(dir);
  return dir;
}
