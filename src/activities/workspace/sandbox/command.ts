/** How commands are kept apart from the machine: three boxes, or none. */
export type SandboxDriver = 'bwrap' | 'unshare' | 'sandbox-exec' | 'none';

export interface SandboxedCommand {
  /** What to run, such as `['/bin/sh', '-c', script]`. */
  readonly argv: readonly string[];
  /** The folder of the host that is `/workspace` inside, and writable. */
  readonly workspace: string;
  /** Where to run, relative to the workspace. (Default: `.`) */
  readonly cwd?: string;
  /** Added to the clean environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Shares the host's network, loopback included. (Default: false) */
  readonly network?: boolean;
  readonly limits: CommandLimits;
  readonly stdin?: string;
  /** Written while it runs, for `killRecorded` after a crash; removed at its end. */
  readonly pidFile?: string;
  readonly onOutput?: (chunk: string) => void;
  /** Stops the command: TERM to everything in it, KILL after two seconds. */
  readonly signal?: AbortSignal;
}

export interface CommandLimits {
  readonly seconds: number;
  readonly memoryMb: number;
  /** How much of the output is kept, in bytes of UTF-8. */
  readonly outputBytes: number;
  /** What the command may add to the workspace. */
  readonly diskMb: number;
  readonly processes: number;
}

export type StopReason = 'timeout' | 'memory' | 'disk' | 'output' | 'processes' | 'aborted';

export interface CommandResult {
  /** 128 + n for a command that died of signal n; null when it was stopped. */
  readonly exitCode: number | null;
  /** stdout and stderr as they came; the middle is cut when it is longer than `outputBytes`. */
  readonly output: string;
  /** Bytes that the command wrote. */
  readonly outputTotal: number;
  readonly stopped: StopReason | null;
  readonly durationMs: number;
}

export interface Sandbox {
  readonly driver: SandboxDriver;
  /** Plain sentences: what is hard, what is watched, what is absent. */
  readonly isolation: readonly string[];
  /** Throws `sandbox_unavailable` when the box itself cannot be built; a failing command is a result. */
  run(command: SandboxedCommand): Promise<CommandResult>;
}
