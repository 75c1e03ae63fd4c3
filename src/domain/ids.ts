/** A job: `j` and nine characters of Crockford's base32 alphabet (45 bits). */
export type JobId = string;
/** A task of a plan: `t1`, `t2` … in plan order, never reused in a job. The planner's task is `plan`. */
export type TaskId = string;
/** A full git object name, 40 hexadecimal digits. */
export type Sha = string;
/** Milliseconds since the Unix epoch. */
export type Instant = number;
/** The name of a hub: a directory below Tutti's home that holds one bare repository per source. */
export type HubName = string;
/** A worker host, stable over restarts. */
export type HostId = string;

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz';

/** The job id that nine base32 digits of `bytes` (six at least: a hash or random bytes) spell. */
export function jobIdFrom(bytes: Uint8Array): JobId {
  let bits = 0n;
  for (const byte of bytes.subarray(0, 6)) bits = (bits << 8n) | BigInt(byte);
  let id = '';
  for (let digit = 0; digit < 9; digit++) {
    id = BASE32.charAt(Number(bits & 31n)) + id;
    bits >>= 5n;
  }
  return `j${id}`;
}

export const isJobId = (id: string): boolean => /^j[0-9a-hjkmnp-tv-z]{9}$/.test(id);
export const isTaskId = (id: string): boolean => /^t[1-9][0-9]{0,2}$/.test(id);

/** The task id of the planner, whose attempts count its revisions. */
export const PLANNER: TaskId = 'plan';
