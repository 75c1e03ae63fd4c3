import { existsSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { PROC_OF_THE_MACHINE } from './box.ts';
import type { Box, Shown } from './box.ts';
import type { SandboxedCommand } from './command.ts';
import { HOME_INSIDE, WORKSPACE_INSIDE } from './environment.ts';
import { sizeOf } from './isolation.ts';
import { heldOptions, readMounts, submountsOf } from './mounts.ts';

/**
 * A shell script that, as root of fresh namespaces, builds the box, makes it the root folder, and becomes the command
 * in its arguments. What it complains about goes to stderr; when the box stands, its process id to descriptor 3.
 */
export function buildScript(box: Box, command: SandboxedCommand): string {
  const shown = [...box.readOnly, ...(command.network === true ? box.network.readOnly : [])];
  const folders = shown.filter(({ isFolder }) => isFolder).map(({ path }) => path);
  const files = shown.filter(({ isFolder }) => !isFolder).map(({ path }) => path);
  return [
    'set -e',
    'given=$PATH; PATH=/usr/bin:/usr/sbin:/bin:/sbin',
    // The host's /proc is still in place: this is the shell's process id as the host sees it.
    'read -r pid rest < /proc/self/stat',
    `mount -t tmpfs -o size=4m,mode=755,nosuid,nodev tutti ${ROOT}`,
    `cd ${ROOT}`,
    `mkdir -p ${FOLDERS.map(inRoot).join(' ')}`,
    ...mountAll(ownMounts(command)),
    // Only now, as a folder to show may lie below /tmp or the home inside.
    `mkdir -p ${[...folders, ...files.map(dirname)].map(inRoot).join(' ')}`,
    ...[...DEVICES, ...files].map((path) => `: > ${inRoot(path)}`),
    `cp -P /dev/fd /dev/stdin /dev/stdout /dev/stderr ${inRoot('/dev')}`,
    `ln -s pts/ptmx ${inRoot('/dev/ptmx')}; ln -s /tmp ${inRoot('/var/tmp')}`,
    ...(box.links.length === 0 ? [] : [`cp -P ${box.links.map(({ at }) => at).join(' ')} ${ROOT}`]),
    ...mountAll(hostMounts(shown, command)),
    ...(command.network === true ? [] : [LOOPBACK_UP]),
    'hostname localhost 2>/dev/null || :',
    `mount -o remount,bind,ro ${ROOT}`,
    'pivot_root . .host',
    'umount -l /.host',
    `echo "{ \\"child-pid\\": $pid }" >&3`,
    'exec 3>&-',
    'PATH=$given exec "$@"',
  ].join('\n');
}

// Any folder of which the box shows nothing: the new root is put together on top of it.
const ROOT = '/sys';
const DEVICES = ['full', 'null', 'random', 'tty', 'urandom', 'zero'].map((name) => `/dev/${name}`);
const FOLDERS = [
  '/dev/pts',
  '/dev/shm',
  '/proc',
  '/run',
  '/tmp',
  '/var',
  '/.host',
  HOME_INSIDE,
  WORKSPACE_INSIDE,
];

// A new network has its loopback switched off. Without iproute2, perl sets IFF_UP by SIOCSIFFLAGS.
const LOOPBACK_UP = `{ ip link set lo up || perl -e 'socket(my $s, 2, 2, 0); ioctl($s, 0x8914, pack("a16sx22", "lo", 65)) or die'; } 2>/dev/null ||
  { echo "the loopback cannot be switched on: install iproute2 or perl" >&2; exit 1; }`;

/** Mounts a table of lines of fstab(5) with one run of mount(8). */
const mountAll = (table: readonly string[]) => [
  `printf '%s\\n' ${table.map(quote).join(' ')} > .mounts`,
  'mount -a -T .mounts',
  'rm .mounts',
];

function ownMounts(command: SandboxedCommand): string[] {
  const size = `size=${sizeOf(command)}`;
  return [
    line('proc', '/proc', 'proc', 'nosuid,nodev,noexec'),
    ...PROC_OF_THE_MACHINE.filter(existsSync).map((path) =>
      line(inPlain(path), path, 'none', 'bind,ro,nosuid,nodev,noexec'),
    ),
    line('devpts', '/dev/pts', 'devpts', 'newinstance,ptmxmode=0666,mode=620,nosuid,noexec'),
    line('tmpfs', '/dev/shm', 'tmpfs', `${size},mode=1777,nosuid,nodev`),
    line('tmpfs', '/tmp', 'tmpfs', `${size},mode=1777,nosuid,nodev`),
    line('tmpfs', HOME_INSIDE, 'tmpfs', `${size},mode=755,nosuid,nodev`),
  ];
}

/** What the box shows of the host. `rbind`: the kernel refuses to show a folder without what is mounted below it. */
function hostMounts(shown: readonly Shown[], command: SandboxedCommand): string[] {
  const mounts = readMounts();
  const bind = (path: string, at: string, options: string) =>
    line(path, at, 'none', ['rbind', options, 'nosuid', 'nodev', ...heldOptions(path, mounts)].join(','));
  const readOnly = shown.flatMap(({ path }) => [path, ...submountsOf(path, mounts)]);
  return [
    ...DEVICES.map((device) => line(device, device, 'none', 'bind')),
    ...readOnly.map((path) => bind(path, path, 'ro,nofail')),
    bind(command.workspace, WORKSPACE_INSIDE, 'rw'),
  ];
}

const line = (source: string, at: string, type: string, options: string) =>
  `${escape(source)} ${escape(inPlain(at))} ${type} ${options} 0 0`;

const escape = (path: string) =>
  path.replace(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);

const inPlain = (path: string) => normalize(`${ROOT}/${path}`);
const inRoot = (path: string) => quote(inPlain(path));
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
