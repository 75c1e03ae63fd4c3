/**
 * First Ctrl-C or SIGTERM: `stop`; a second one: `kill`. Returns how to let go of the signals again. A Ctrl-C
 * that comes twice within 100 ms (a terminal's and its parent's, under npm) counts once.
 */
export function onStopSignals(stop: () => void, kill: () => void): () => void {
  let first: number | null = null;
  const act = () => {
    if (first === null) {
      first = Date.now();
      stop();
    } else if (Date.now() - first > 100) kill();
  };
  process.on('SIGINT', act);
  process.on('SIGTERM', act);
  return () => {
    process.off('SIGINT', act);
    process.off('SIGTERM', act);
  };
}
