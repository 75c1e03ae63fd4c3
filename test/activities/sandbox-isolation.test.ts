import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describeEachDriver, LIMITS, shell, withWorkspace } from '../support/sandbox-drivers.ts';

await describeEachDriver((sandbox) => {
  test('works at /workspace, and its files are those of the host', () =>
    withWorkspace(async (workspace) => {
      await writeFile(join(workspace, 'given'), 'from the host');
      const { output } = await shell(sandbox, 'pwd; cat given; echo inside > made', { workspace });
      expect(output).toBe('/workspace\nfrom the host');
      expect(await readFile(join(workspace, 'made'), 'utf8')).toBe('inside\n');
    }));

  test('starts in a folder of the workspace, and in no other', () =>
    withWorkspace(async (workspace) => {
      await mkdir(join(workspace, 'a/b'), { recursive: true });
      expect((await shell(sandbox, 'pwd', { workspace, cwd: 'a/b' })).output).toBe('/workspace/a/b\n');
      expect((await shell(sandbox, 'pwd', { workspace, cwd: 'none' })).exitCode).toBe(126);
      const outside = shell(sandbox, 'pwd', { workspace, cwd: '../..' });
      await expect(outside).rejects.toMatchObject({ code: 'invalid_field' });
    }));

  test('sees nothing that lies beside its workspace, not through a link either', () =>
    withWorkspace(async (workspace, beside) => {
      await writeFile(join(beside, 'canary'), 'SECRET');
      await symlink(join(beside, 'canary'), join(workspace, 'link'));
      await symlink('/workspace/../../../../../../..' + beside, join(workspace, 'folder'));
      const { output } = await shell(
        sandbox,
        `cat ${beside}/canary link folder/canary /workspace/../canary ../canary; ls / /home; ls ${beside}`,
        { workspace },
      );
      expect(output).not.toContain('SECRET');
      expect(output).not.toContain('canary\n');
    }));

  test('has an empty home and a temporary folder, both writable and gone afterwards', async () => {
    const script =
      'ls -A "$HOME" "$TMPDIR" | grep -v : | grep .; touch "$HOME/x" "$TMPDIR/x"; echo $HOME $TMPDIR';
    expect((await shell(sandbox, script)).output).toBe('/home/agent /tmp\n');
    expect((await shell(sandbox, script)).output).toBe('/home/agent /tmp\n');
  });

  test('gets a clean environment, and what is added to it', async () => {
    process.env.TUTTI_CANARY = 'SECRET';
    const { output } = await shell(sandbox, 'env; cat /proc/*/environ', { env: { ADDED: 'yes' } });
    delete process.env.TUTTI_CANARY;
    expect(output).not.toContain('SECRET');
    for (const line of ['ADDED=yes', 'CI=1', 'LANG=C.UTF-8', 'TERM=dumb', 'HOME=/home/agent'])
      expect(output.split('\n')).toContain(line);
  });

  test('reads no passwords and keys of the system', async () => {
    const { output } = await shell(
      sandbox,
      'cat /etc/shadow /etc/gshadow; ls /etc/ssl/private /root /var/lib',
    );
    expect(output.split('\n').filter((line) => !/No such file|cannot access/.test(line))).toEqual(['']);
  });

  test('writes nothing outside of its workspace', async () => {
    const places = ['/', '/usr', '/etc', '/usr/bin', '/dev', '/home', '/var'];
    const tries = places.map((place) => `touch ${place}/tutti-escape && echo WROTE ${place}`);
    const settings = ['kernel/core_pattern', 'kernel/hostname', 'vm/drop_caches'].map(
      (name) => `cat /proc/sys/${name} > /tmp/was; cat /tmp/was > /proc/sys/${name} && echo WROTE ${name}`,
    );
    const { output } = await shell(sandbox, [...tries, ...settings].join('\n'));
    expect(output).not.toContain('WROTE');
  });

  test('has no capability, gains none, and cannot make what is read-only writable', async () => {
    const { output } = await shell(
      sandbox,
      `grep -E '^(CapEff|CapPrm|NoNewPrivs)' /proc/self/status
       mount -o remount,bind,rw /usr && echo REMOUNTED
       umount /usr && echo UNMOUNTED
       unshare --user --map-root-user --mount sh -c 'mount -o remount,bind,rw /usr && touch /usr/tutti-escape && echo WROTE'`,
    );
    expect(output).toMatch(/CapPrm:\t0+\nCapEff:\t0+\nNoNewPrivs:\t1\n/);
    expect(output).not.toMatch(/REMOUNTED|UNMOUNTED|WROTE/);
  });

  test('sees its own processes only, and no descriptor of its parent', async () => {
    const { output } = await shell(sandbox, 'ls -d /proc/[0-9]* | wc -l; ls -l /proc/self/fd');
    expect(Number(output.split('\n')[0])).toBeLessThan(8);
    const open = output.split('\n').filter((line) => / (?:[3-9]|\d\d+) -> /.test(line));
    expect(open.filter((line) => !/-> (?:\/dev\/null|\/proc\/\d+\/fd)$/.test(line))).toEqual([]);
  });

  test('is what the kernel kills first when memory runs out', async () => {
    expect((await shell(sandbox, 'cat /proc/self/oom_score_adj')).output).toBe('1000\n');
  });

  test('keeps the user that it is', async () => {
    const { output } = await shell(sandbox, 'id -u; id -g; touch x; stat -c %u x');
    const [uid, gid] = [process.getuid?.(), process.getgid?.()];
    expect(output).toBe(`${uid}\n${gid}\n${uid}\n`);
  });

  test('reaches no network, unless it was granted', () =>
    withGreeter(async (port) => {
      const argv = ['bash', '-c', `cat < /dev/tcp/127.0.0.1/${port}`];
      await withWorkspace(async (workspace) => {
        const without = await sandbox.run({ argv, workspace, limits: LIMITS });
        expect(without.exitCode).not.toBe(0);
        expect(without.output).toContain('Connection refused');
        const granted = await sandbox.run({ argv, workspace, limits: LIMITS, network: true });
        expect(granted.output).toBe('hello');
      });
    }));

  test('is told how to find names with the network only', async () => {
    const script = 'ls /etc/resolv.conf';
    expect((await shell(sandbox, script)).exitCode).not.toBe(0);
    expect((await shell(sandbox, script, { network: true })).exitCode).toBe(0);
  });

  test('has a loopback of its own', async () => {
    const program = `const server = require('net').createServer((socket) => socket.end('served'));
      server.listen(0, '127.0.0.1', () => require('net').connect(server.address().port, '127.0.0.1')
        .on('data', (data) => { console.log(String(data)); server.close(); }));`;
    expect((await shell(sandbox, `node -e "${program}"`)).output).toBe('served\n');
  });

  test('can use pseudo terminals, shared memory and the common devices', async () => {
    const script = `script -qec 'echo tty' /dev/null; touch /dev/shm/x; head -c 4 /dev/urandom | wc -c; cat /dev/null`;
    expect((await shell(sandbox, script)).output).toBe('tty\r\n4\n');
  });
});

/** A server on the host's loopback that greets and hangs up. */
async function withGreeter(use: (port: number) => Promise<void>): Promise<void> {
  const server = createServer((socket) => socket.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}
