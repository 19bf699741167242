import { setTimeout as sleep } from "node:timers/promises";

// Loaded into a server's process by `node --expose-gc --import`: measures from inside how long the event
// loop stood still, and what memory is left. test/support/watched-server.ts asks for it.

/** How often the event loop should come round, in milliseconds. */
const tickMs = 10;

/** What a server's process says of itself. */
export interface Vitals {
  /**
   * The longest time that the event loop stood still since the last question, in milliseconds. Time in
   * which the process did not have a processor does not count: other work on the machine is not its own.
   */
  readonly stallMs: number;
  /** What the process holds after a collection of garbage, in MB: its heap and its buffers. */
  readonly heldMb: number;
  /** The memory of the process, in MB. */
  readonly rssMb: number;
  /** User and system time since the start of the process, in milliseconds. */
  readonly cpuMs: number;
}

let stallMs = 0;
let last = reading();
setInterval(() => {
  const now = reading();
  const late = now.atMs - last.atMs - tickMs;
  stallMs = Math.max(stallMs, Math.min(late, now.cpuMs - last.cpuMs));
  last = now;
}, tickMs).unref();

function reading() {
  const { user, system } = process.cpuUsage();
  return { atMs: performance.now(), cpuMs: (user + system) / 1_000 };
}

const megabytes = (bytes: number) => bytes / 1_024 / 1_024;

async function vitals(): Promise<Vitals> {
  const worst = stallMs;
  for (let i = 0; i < 3; i++) {
    await (globalThis.gc?.() as unknown);
    await sleep(20);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  // A collection stops the loop too, and is no fault of a client's.
  last = reading();
  stallMs = 0;
  return {
    stallMs: worst,
    heldMb: megabytes(heapUsed + external),
    rssMb: megabytes(rss),
    cpuMs: last.cpuMs,
  };
}

process.on("message", () => {
  void vitals().then((told) => process.send?.(told));
});
// Listening for messages keeps a process alive; this one is to end when the server does.
process.channel?.unref();
