import { z } from "zod";

/** A question to a contender's process. */
export const question = z.enum(["cpu", "stop"]);
export type Question = z.infer<typeof question>;

/** A message from a contender's process. */
export const answer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready"), port: z.number() }),
  z.object({ kind: z.literal("cpu"), micros: z.number() }),
]);
export type Answer = z.infer<typeof answer>;

/** Runs in a contender's process once it serves: reports the address, and answers questions. */
export function answerQuestions(port: number): void {
  const say = (what: Answer) => process.send?.(what);
  process.on("message", (message) => {
    switch (question.parse(message)) {
      case "cpu": {
        const { user, system } = process.cpuUsage();
        say({ kind: "cpu", micros: user + system });
        break;
      }
      case "stop":
        process.exit(0);
    }
  });
  // The benchmark has ended, and nobody else would stop this process.
  process.on("disconnect", () => process.exit(0));
  say({ kind: "ready", port });
}
