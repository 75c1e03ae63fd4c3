import type { Source } from '../domain/spec.ts';
import type { JobId, Sha } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
export interface Delivery {
  readonly branch: string;
  readonly state: 'delivered' | 'held' | 'kept';
  /** Why it was held or kept; null when delivered. */
  readonly reason: string | null;
}
/** Brings the job's branch in the source up to `head`; forward only, repeatable. */
export declare function deliver(hub: Hub, source: Source, job: JobId, head: Sha): Promise<Delivery>;
