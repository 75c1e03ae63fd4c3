import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readBox } from '../../src/activities/workspace/sandbox/box.ts';
import { openSandbox } from '../../src/activities/workspace/sandbox/sandbox.ts';
import { LIMITS, PATH, withWorkspace } from '../support/sandbox-drivers.ts';

const SECRETS = [
  '.ssh/id',
  '.npmrc',
  '.config/token',
  '.cargo/credentials.toml',
  '.aws/credentials',
  'notes',
];

test('toolchains under home are shown by the installation they belong to, and home is not', () =>
  withHome(async (home) => {
    const node = await program(home, '.nvm/versions/node/v1.2.3/bin/node-tool');
    await mkdir(join(home, '.nvm/versions/node/v1.2.3/lib'));
    await program(home, '.nvm/versions/node/v9.9.9/bin/other');
    const shim = await program(home, '.pyenv/shims/py-tool');
    const cargo = await program(home, '.cargo/bin/rust-tool');
    await program(home, '.rustup/toolchains/stable/bin/rust');
    const box = boxOf(home, [node, shim, cargo].map(dirname));
    expect(box.toolchains).toEqual(
      ['.cargo/bin', '.nvm/versions/node/v1.2.3', '.pyenv', '.rustup'].map((name) => join(home, name)),
    );
    expect(box.variables).toMatchObject({
      PYENV_ROOT: join(home, '.pyenv'),
      RUSTUP_HOME: join(home, '.rustup'),
    });
  }));

test('a symbolic link in a folder of programs brings what it leads to, over every hop', () =>
  withHome(async (home) => {
    const tool = await program(home, '.local/share/uv/tools/ruff/bin/ruff');
    const single = await program(home, 'Downloads/single');
    const installed = await program(home, 'apps/node/bin/node');
    await mkdir(join(home, 'apps/node/lib'));
    await mkdir(join(home, '.local/bin'), { recursive: true });
    await symlink(tool, join(home, '.local/bin/ruff'));
    await symlink(single, join(home, '.local/bin/hop'));
    await symlink('hop', join(home, '.local/bin/single'));
    await symlink(installed, join(home, '.local/bin/node'));
    await symlink(join(home, '.ssh/id'), join(home, '.local/bin/bad'));
    await symlink('/no/such/program', join(home, '.local/bin/dangling'));
    expect(boxOf(home, [join(home, '.local/bin')]).toolchains).toEqual(
      ['.local/bin', '.local/share/uv/tools', 'Downloads/single', 'apps/node'].map((name) =>
        join(home, name),
      ),
    );
  }));

test('repositories, their node_modules, private folders and home itself are never shown', () =>
  withHome(async (home) => {
    const repository = await program(home, 'code/project/bin/run');
    await mkdir(join(home, 'code/project/.git'));
    await mkdir(join(home, 'code/project/lib'));
    const module = await program(home, 'code/other/node_modules/.bin/tool');
    const own = await program(home, '.config/tool/bin/tool');
    await mkdir(join(home, '.local/bin'), { recursive: true });
    await symlink(repository, join(home, '.local/bin/run'));
    const entries = [...[repository, module, own].map(dirname), home, join(home, 'bin'), 'relative/bin', ''];
    const box = boxOf(home, [...entries, join(home, '.local/bin')]);
    expect(box.toolchains).toEqual([join(home, '.local/bin')]);
    expect(box.path.split(':').filter((entry) => entry.startsWith(home))).toEqual([join(home, '.local/bin')]);
  }));

test('a command runs the toolchains and reads nothing else of home', () =>
  withHome(async (home, workspace) => {
    const tool = await program(home, '.nvm/versions/node/v1.2.3/bin/node-tool');
    await mkdir(join(home, '.nvm/versions/node/v1.2.3/lib'));
    const cargo = await program(home, '.cargo/bin/rust-tool');
    const path = [tool, cargo].map(dirname).concat(PATH).join(':');
    const { sandbox } = await openSandbox({ mode: 'auto', readOnly: [], home, path });
    if (sandbox === null) return;
    const reads = SECRETS.map((name) => `cat "${join(home, name)}"`).join('; ');
    const script = `node-tool; rust-tool; ${reads}; find ${home} -type f | wc -l; touch ${dirname(tool)}/x || echo kept`;
    const { output } = await sandbox.run({ argv: ['/bin/sh', '-c', script], workspace, limits: LIMITS });
    expect(output).toContain('node-tool ran\nrust-tool ran\n');
    expect(output).toContain('\n2\n');
    expect(output).toContain('kept\n');
    expect(output).not.toContain('SECRET');
  }));

test('the system is shown without its secrets, and the network brings names, certificates and registries', () => {
  process.env.PIP_INDEX_URL = 'https://packages.example/simple';
  process.env.NODE_EXTRA_CA_CERTS = '/etc/hostname';
  const box = boxOf('/nonexistent', []);
  delete process.env.PIP_INDEX_URL;
  delete process.env.NODE_EXTRA_CA_CERTS;
  const shown = box.readOnly.map(({ path }) => path);
  expect(shown).toEqual(expect.arrayContaining(['/etc/passwd', '/etc/group', '/usr']));
  for (const path of ['/etc', '/etc/shadow', '/etc/ssl', '/etc/ssl/private', '/root', '/home', '/var', '/'])
    expect(shown).not.toContain(path);
  expect(box.variables).not.toHaveProperty('PIP_INDEX_URL');
  expect(box.network.variables).toMatchObject({ PIP_INDEX_URL: 'https://packages.example/simple' });
  expect(box.network.readOnly.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/etc/hostname', '/etc/resolv.conf']),
  );
});

const boxOf = (home: string, entries: readonly string[]) =>
  readBox({ home, path: [...entries, '/usr/bin'].join(':'), readOnly: [] });

/** A home with secrets in it. */
function withHome(use: (home: string, workspace: string) => Promise<void>): Promise<void> {
  return withWorkspace(async (workspace, beside) => {
    const home = join(beside, 'home');
    for (const name of SECRETS) {
      await mkdir(dirname(join(home, name)), { recursive: true });
      await writeFile(join(home, name), 'SECRET');
    }
    await use(home, workspace);
  });
}

async function program(home: string, name: string): Promise<string> {
  const file = join(home, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho "\${0##*/} ran"\n`);
  await chmod(file, 0o755);
  return file;
}
