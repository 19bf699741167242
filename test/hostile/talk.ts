import { z } from "zod";

// What the test and its two load processes say to each other.

/** What a load process is told at its start. */
const start = z.object({
  url: z.string(),
  /** A token for each user that the process acts as, by name. */
  tokens: z.record(z.string(), z.string()),
  conversations: z.array(z.string()),
});
export type Start = z.infer<typeof start>;

/** The next task of a load process; `seconds` is 0 where it is to end. */
const task = z.object({
  seconds: z.number(),
  /** The kinds of hostile load that are on. */
  kinds: z.array(z.string()),
});
export type Task = z.infer<typeof task>;

/** The honest clients' figures of one phase. */
export const honestFigures = z.object({
  answered: z.number(),
  p50: z.number(),
  p99: z.number(),
  longest: z.number(),
  /** How often honest requests were not answered as they should be, by the reason. */
  refused: z.record(z.string(), z.number()),
});
export type HonestFigures = z.infer<typeof honestFigures>;

/** How often each kind of hostile load has acted, and how the server answered. */
export const hostileFigures = z.record(
  z.string(),
  z.record(z.string(), z.number()),
);
export type HostileFigures = z.infer<typeof hostileFigures>;

/**
 * Runs in a load process: answers each task with the figures of what `act` did.
 * @param prepare gets the server's address and tokens
 */
export function takeTasks<Figures>(
  prepare: (start: Start) => Promise<(task: Task) => Promise<Figures>>,
): void {
  let acting: Promise<(task: Task) => Promise<Figures>> | null = null;
  process.on("message", (message) => {
    if (!acting) {
      acting = prepare(start.parse(message));
      void acting.then(() => process.send?.("ready"));
      return;
    }
    const next = task.parse(message);
    if (next.seconds === 0) process.exit(0);
    void acting
      .then((act) => act(next))
      .then((figures) => process.send?.(figures as object));
  });
  process.on("disconnect", () => process.exit(0));
}
