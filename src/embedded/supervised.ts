/** For a child of `supervise`: tells that it serves now. Does nothing in a process that was started by hand. */
export function reportReady(): void {
  process.send?.({ ready: true });
}

/** For a child of `supervise`: calls `act` when the supervisor is gone, so that no child outlives it. */
export function whenOrphaned(act: () => void): void {
  if (process.send === undefined) return;
  if (process.connected) process.once('disconnect', act);
  else act();
}
