import { mkdir, readdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openSandbox } from '../../src/activities/workspace/sandbox/sandbox.ts';
import { findProgram } from '../../src/activities/workspace/sandbox/programs.ts';
import { LIMITS, PATH, withWorkspace } from '../support/sandbox-drivers.ts';

const works = async (path: string) => (await opened(path)).sandbox?.driver ?? null;
const opened = (path: string) => openSandbox({ mode: 'auto', readOnly: [], home: '/nonexistent', path });
const unshareWorks = await withoutProgram('bwrap', works).then((driver) => driver === 'unshare');
const bwrapWorks = (await works(PATH)) === 'bwrap';
const onlyIf = (condition: boolean) => (condition ? test : test.skip);
if (!bwrapWorks || !unshareWorks)
  process.stderr.write(
    `skipped: bwrap ${bwrapWorks ? 'works' : 'does not work'} here, unshare ${unshareWorks ? 'works' : 'does not work'} here\n`,
  );

describe('the sandbox of a machine', () => {
  onlyIf(bwrapWorks)('is bubblewrap where it works', async () => {
    expect(await opened(PATH)).toMatchObject({ sandbox: { driver: 'bwrap' } });
  });

  onlyIf(unshareWorks)('is unshare where bubblewrap is missing', () =>
    withoutProgram('bwrap', async (path) => expect(await works(path)).toBe('unshare')),
  );

  onlyIf(unshareWorks).each([
    ['ends with 1', 'exit 1'],
    ['does nothing and says so', 'exit 0'],
    ['prints what a working one would print', 'echo closed'],
  ])('is unshare where bubblewrap %s', (_, body) =>
    withPrograms({ bwrap: body }, async (path) => expect(await works(path)).toBe('unshare')),
  );

  test('is none, with every reason and a remedy, where nothing works', () =>
    withPrograms({ bwrap: 'echo "bwrap: no namespaces" >&2; exit 1', unshare: 'exit 1' }, async (path) => {
      const { sandbox, ...why } = await opened(path);
      expect(sandbox).toBeNull();
      expect(why).toMatchObject({
        reason: expect.stringMatching(/bwrap: .*no namespaces.*; .*unshare: .*exit code 1/),
        remedy: expect.stringMatching(/install bubblewrap.*--sandbox none/),
      });
    }));

  test('is none without a search path, too', async () => {
    expect(await opened('')).toMatchObject({
      sandbox: null,
      reason: expect.stringContaining('not found on PATH'),
    });
  });

  test('is a plain process when that was asked for, and says what that means', async () => {
    const { sandbox } = await openSandbox({ mode: 'none', readOnly: [], home: '/nonexistent', path: PATH });
    expect(sandbox?.driver).toBe('none');
    expect(sandbox?.isolation[0]).toMatch(/^None: /);
  });

  onlyIf(bwrapWorks || unshareWorks)('shows the folders that the configuration names, read-only', () =>
    withWorkspace(async (workspace, beside) => {
      const shown = join(beside, 'shown');
      await mkdir(shown);
      await writeFile(join(shown, 'data'), 'shared');
      const choice = { mode: 'auto', readOnly: [shown], home: '/nonexistent', path: PATH } as const;
      const { sandbox } = await openSandbox(choice);
      const argv = ['/bin/sh', '-c', `cat ${shown}/data; ls ${beside}; touch ${shown}/x || echo kept`];
      const result = await sandbox?.run({ argv, workspace, limits: LIMITS });
      expect(result?.output).toMatch(/^sharedshown\n.*Read-only file system\nkept\n$/);
    }),
  );
});

/** A search path that begins with programs of the given shell scripts. */
function withPrograms<T>(programs: Record<string, string>, use: (path: string) => Promise<T>): Promise<T> {
  return withWorkspace(async (folder) => {
    for (const [name, body] of Object.entries(programs))
      await writeFile(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return use(`${folder}:${PATH}`);
  });
}

/** A search path on which everything is found but one program. */
function withoutProgram<T>(name: string, use: (path: string) => Promise<T>): Promise<T> {
  return withWorkspace(async (folder) => {
    const found = findProgram(name, PATH);
    if (found === null) return use(PATH);
    for (const program of await readdir('/usr/bin'))
      if (program !== basename(found)) await symlink(join('/usr/bin', program), join(folder, program));
    expect(await readlink(join(folder, 'sh'))).toBe('/usr/bin/sh');
    return use(folder);
  });
}
