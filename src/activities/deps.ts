import type { Author } from '../store/objects.ts';
import type { ProviderTable } from './providers/index.ts';
import type { HostId } from '../domain/ids.ts';
import type { Sandbox } from './workspace/sandbox/command.ts';

/** What the engine's steps work with. */
export interface EngineDeps {
  readonly hubsDir: string;
  readonly providers: ProviderTable;
}

/** What a workspace host's steps work with. */
export interface WorkspaceDeps {
  readonly hubsDir: string;
  /** This host's own folder: worktrees, what setups left, assignments. */
  readonly hostDir: string;
  readonly host: HostId;
  /** Null with the reason where no sandbox works. */
  readonly sandbox: Sandbox | { readonly unavailable: string };
  readonly limits: {
    /** Assignments at a time, all jobs together. */
    readonly tasks: number;
    /** Sandboxed commands at a time. */
    readonly commands: number;
    readonly commandSeconds: number;
    readonly memoryMb: number;
  };
  readonly author: Author;
  /** Whether a workflow is still open: an assignment whose attempt is gone is free. */
  readonly isOpen: (workflowId: string) => Promise<boolean>;
}
