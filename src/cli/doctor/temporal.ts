import { existsSync } from 'node:fs';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { connectTemporal } from '../../embedded/connect.ts';
import { onPath } from '../../embedded/find.ts';
import { unsuitable } from '../../embedded/version.ts';
import type { Config } from '../../config.ts';
import type { Finding } from './finding.ts';
import type { Io } from '../io.ts';
import type { TemporalTarget } from '../../embedded/connect.ts';

/** The server that is named must answer; else a program that can be started here must be there or come by itself. */
export async function checkTemporal(config: Config, { env }: Io): Promise<Finding[]> {
  const target = connectTemporal(config, env);
  return [target === null ? await checkProgram(config, env) : await checkNamed(target)];
}

async function checkNamed({ connection: address, namespace }: TemporalTarget): Promise<Finding> {
  const what = 'Temporal';
  const says = `${address.address}, namespace ${namespace}`;
  const connection = Connection.lazy(address);
  try {
    await connection.withDeadline(Date.now() + 5_000, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return { is: 'ok', what, says };
  } catch (error) {
    const remedy = 'start that server or name another one; without TEMPORAL_ADDRESS Tutti runs its own';
    return { is: 'fail', what, says: `${says} does not answer: ${(error as Error).message}`, remedy };
  } finally {
    await connection.close();
  }
}

async function checkProgram({ home }: Config, env: Io['env']): Promise<Finding> {
  const what = 'Temporal';
  const cached = path.join(home.temporal, 'bin', 'temporal');
  const reasons: string[] = [];
  for (const program of [onPath('temporal', env), existsSync(cached) ? cached : null]) {
    if (program === null) continue;
    const flaw = await unsuitable(program);
    if (flaw === null) return { is: 'ok', what, says: `embedded, by ${program}` };
    reasons.push(flaw);
  }
  const go = onPath('go', env) === null ? 'downloaded' : 'downloaded, or built with go';
  return {
    is: 'warn',
    what,
    says: [...reasons, `not here yet: it is ${go} at the first "tutti up"`].join('; '),
    remedy: 'or install the Temporal CLI 1.5 or newer (docs.temporal.io/cli), or set TEMPORAL_ADDRESS',
  };
}
