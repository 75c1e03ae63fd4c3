import { posix } from 'node:path';
import { ToolRefusal } from './box.ts';

/** The path below the workspace that a model means by `/workspace/src/a.ts` or `src/a.ts`; '' is the workspace. */
export function workspacePath(path: string): string {
  if (path.includes('\0')) throw new ToolRefusal('/path: holds a NUL character');
  const full = posix.resolve('/workspace', path.trim() === '' ? '.' : path);
  if (full === '/workspace') return '';
  if (!full.startsWith('/workspace/'))
    throw new ToolRefusal(
      `/path: "${path}" is outside /workspace, where this tool works; bash can read other files`,
    );
  return full.slice('/workspace/'.length);
}
