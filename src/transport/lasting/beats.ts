import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * The time between two beats. Balancers close connections on which nothing went for a minute, most of them;
 * 9 s find a silent socket within 27 s.
 */
const beatMs = 9_000;

/** So many connections are served in one turn of the event loop: pings to 2,000 sockets in one took 75 ms and more. */
const perTurn = 50;

/**
 * Calls back for each open connection at every beat.
 * @returns ends the beats
 */
export function startBeats<Connection>(
  connections: Iterable<Connection>,
  beat: (connection: Connection) => void,
): () => void {
  let isOver = false;
  const beats = setInterval(() => void beatAll(), beatMs);
  beats.unref();
  return () => {
    isOver = true;
    clearInterval(beats);
  };

  async function beatAll(): Promise<void> {
    let count = 0;
    for (const connection of connections) {
      if (isOver) return;
      beat(connection);
      if (++count % perTurn === 0) await nextTurn();
    }
  }
}
