import type { Sha } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
export interface RefMove {
  readonly ref: string;
  /** Null deletes. */
  readonly to: Sha | null;
  /** Where the ref must be; null: nowhere. */
  readonly from: Sha | null;
}
export declare function readRef(hub: Hub, ref: string): Promise<Sha | null>;
/** All refs below `prefix` (which ends in a slash), sorted by name. */
export declare function listRefs(hub: Hub, prefix: string): Promise<{ ref: string; sha: Sha }[]>;
/** One transaction: all move or none. 'lost': at least one was not where its `from` says. */
export declare function moveRefs(hub: Hub, moves: readonly RefMove[]): Promise<'moved' | 'lost'>;
