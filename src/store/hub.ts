import type { HubName } from '../domain/ids.ts';
/** The bare repository that holds a source's work. */
export interface Hub {
  readonly dir: string;
  readonly name: HubName;
}
/** Opens the hub, creating it where it is missing; safe over processes. `jobs` is the hub of closed jobs. */
export declare function openHub(hubsDir: string, name: HubName): Promise<Hub>;
/** `where`: the real path of a source's root, or its url. */
export declare function hubNameOf(where: string): HubName;
/** The name of the hub of closed jobs. */
export declare const JOBS_HUB: HubName;
/** Packs loose objects. Safe at any time; never drops an object. */
export declare function packHub(hub: Hub): Promise<void>;
/** Ends the long-lived git processes of all hubs of this process. */
export declare function closeStore(): Promise<void>;
