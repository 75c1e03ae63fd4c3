import type { CallRecord } from '../domain/conversation.ts';
import type { Sha } from '../domain/ids.ts';
import type { Hub } from './hub.ts';
/** Writes a record on top of `parent` without moving a ref, for a caller that moves it together with others. */
export declare function writeCall(hub: Hub, parent: Sha | null, record: CallRecord): Promise<Sha>;
/** Appends and moves the ref; who loses appends again on the new head. Answers the new head. */
export declare function appendCall(hub: Hub, ref: string, record: CallRecord): Promise<Sha>;
/** All records, oldest first; none when head is null. */
export declare function readCalls(hub: Hub, head: Sha | null): Promise<CallRecord[]>;
