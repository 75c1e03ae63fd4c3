import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { findTemporal, onPath } from '../../src/embedded/find.ts';
import { unsuitable } from '../../src/embedded/version.ts';
import { homePaths, tuttiHome } from '../../src/home.ts';

let found: Promise<string> | undefined;

/**
 * The Temporal CLI for tests: `TUTTI_TEST_TEMPORAL`, else one on PATH, else the one cached in Tutti's home, else
 * one that is downloaded or built once into `~/.cache/tutti-test`. Throws an Error that names all ways.
 */
export function temporalBinary(): Promise<string> {
  return (found ??= find());
}

async function find(): Promise<string> {
  const given = process.env.TUTTI_TEST_TEMPORAL;
  if (given) return given;
  const cached = path.join(homePaths(tuttiHome(process.env)).temporal, 'bin/temporal');
  for (const program of [onPath('temporal', process.env), cached])
    if (program !== null && (await unsuitable(program)) === null) return program;
  const home = homePaths(path.join(homedir(), '.cache/tutti-test'));
  mkdirSync(home.root, { recursive: true });
  return findTemporal({ home, env: process.env, onProgress: (line) => process.stderr.write(`${line}\n`) });
}
