import { z } from "zod";

/** What a contender's process is asked. */
export const question = z.enum(["cpu", "stop"]);
export type Question = z.infer<typeof question>;

/** What it says. */
export const answer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready"), port: z.number() }),
  z.object({ kind: z.literal("cpu"), micros: z.number() }),
]);
export type Answer = z.infer<typeof answer>;

/** In a contender's process, once it serves: says where, and answers what it is asked. */
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
  // The run was ended: nobody is left to stop us.
  process.on("disconnect", () => process.exit(0));
  say({ kind: "ready", port });
}
