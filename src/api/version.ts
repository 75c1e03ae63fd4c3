import { readFileSync, existsSync } from 'node:fs';
import path from 'node:path';

/** Tutti's version, from the package.json above this file, whether it is compiled or not. */
export function tuttiVersion(): string {
  let dir = import.meta.dirname;
  while (!existsSync(path.join(dir, 'package.json'))) dir = path.dirname(dir);
  return (JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8')) as { version: string }).version;
}
