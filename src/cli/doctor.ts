import { configOf } from './server/load.ts';
import { checkGit, checkHome, checkNode } from './doctor/machine.ts';
import { checkProviders } from './doctor/providers.ts';
import { checkSandbox } from './doctor/sandbox.ts';
import { checkServer } from './doctor/server.ts';
import { checkTemporal } from './doctor/temporal.ts';
import { paintFor, signsFor } from './io.ts';
import { printJson, wantsJson } from './invocation.ts';
import { wrap } from './view/text.ts';
import type { Finding } from './doctor/finding.ts';
import type { Invocation } from './invocation.ts';

/** Checks what Tutti needs; answers 1 when something fails. */
export async function doctor(invocation: Invocation): Promise<number> {
  const { io, options } = invocation;
  const findings: Finding[] = [];
  const print = printer(invocation);
  const note = (found: readonly Finding[]) => {
    findings.push(...found);
    if (!wantsJson(options)) found.forEach(print);
  };
  note([checkNode(process.versions.node), await checkGit(io)]);
  const loaded = configOrFinding(invocation);
  if ('is' in loaded) note([loaded]);
  else {
    const { config } = loaded;
    note([checkHome(config)]);
    note(await checkTemporal(config, io));
    note(await checkSandbox(config, io));
    note(checkProviders(config));
    note(await checkServer(invocation));
  }
  if (wantsJson(options)) printJson(invocation, { findings });
  return findings.some(({ is }) => is === 'fail') ? 1 : 0;
}

function configOrFinding(invocation: Invocation): ReturnType<typeof configOf> | Finding {
  try {
    return configOf(invocation);
  } catch (error) {
    return {
      is: 'fail',
      what: 'configuration',
      says: (error as Error).message,
      remedy: 'mend the file or the variable that it names',
    };
  }
}

function printer({ io }: Invocation): (finding: Finding) => void {
  const paint = paintFor(io, io.stdout);
  const signs = signsFor(io);
  const marks = {
    ok: paint.green(`${signs.done} ok  `),
    warn: paint.yellow(`${signs.warning} warn`),
    fail: paint.red(`${signs.failed} fail`),
  };
  const cells = Math.min(io.stdout.columns ?? 110, 110) - 22;
  const line = (head: string, text: string) => io.stdout.write(`${head}${text}\n`);
  return ({ is, what, says, remedy, details = [] }) => {
    const blank = ' '.repeat(22);
    const [first = '', ...rest] = wrap(says, cells);
    line(`${marks[is]} ${what.padEnd(15)}`, first);
    for (const text of rest) line(blank, text);
    for (const detail of details) for (const text of wrap(detail, cells)) line(blank, paint.dim(text));
    if (remedy !== undefined) for (const text of wrap(`→ ${remedy}`, cells)) line(blank, text);
  };
}
