import type { Sha } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
export interface FileStat {
  readonly path: string;
  /** Lines; null for a binary file. */
  readonly added: number | null;
  readonly removed: number | null;
}
export declare function diff(hub: Hub, from: Sha, to: Sha): Promise<string>;
/** The commits after `from` up to `to` as mails for `git am`. */
export declare function mbox(hub: Hub, from: Sha, to: Sha): Promise<string>;
export declare function diffStat(hub: Hub, from: Sha, to: Sha): Promise<FileStat[]>;
