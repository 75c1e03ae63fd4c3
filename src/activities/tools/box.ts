import type { ToolResult } from '../../domain/conversation.ts';
import type { PlanDraft } from '../../domain/plan.ts';

/**
 * The workspace that tools work in. Paths are relative to `/workspace` with `/` between segments, '' is the
 * workspace itself; the box refuses what leaves it through a symbolic link, with `ToolRefusal`.
 */
export interface ToolBox {
  /** Runs a shell script in a fresh shell at the workspace. A command that fails is a result, not an error. */
  run(script: string, limits: { readonly seconds: number }): Promise<CommandRun>;
  /** Throws like `fs.readFile` (`ENOENT`, `EISDIR` …). */
  readFile(path: string): Promise<Buffer>;
  /** Creates missing folders. */
  writeFile(path: string, text: string): Promise<void>;
  /**
   * What is in a folder and its folders, as paths below it, folders with a trailing `/`, without hidden ones and
   * `node_modules`. Null: not a folder.
   */
  list(path: string): Promise<readonly string[] | null>;
  readonly mayWrite: boolean;
}

export interface CommandRun {
  /** Null when it was stopped. */
  readonly exitCode: number | null;
  /** What it wrote, stdout and stderr together. */
  readonly output: string;
  /** Why it was stopped before its end, if it was. */
  readonly stopped: string | null;
}

/** A tool call that cannot be done; its message goes to the model. */
export class ToolRefusal extends Error {
  override readonly name = 'ToolRefusal';
}

export interface ToolRun {
  readonly result: ToolResult;
  /** The whole output when the result shows only its head and tail. */
  readonly full: string | null;
  readonly submitted?: Submitted;
}

export type Submitted =
  | { readonly kind: 'plan'; readonly draft: PlanDraft }
  | { readonly kind: 'result'; readonly summary: string; readonly confidence: number };
