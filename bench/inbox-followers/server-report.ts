import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { z } from "zod";
import { memoryMeter } from "../memory/memory-report.js";

/** The report of a server on itself. */
export const serverReport = z.object({
  /** Where the server listens. */
  port: z.number(),
  /** Bytes on the heap and in buffers after a collection; null where it was not asked for. */
  retained: z.number().nullable(),
  /** The longest stall of the event loop since the question before this one; null where nobody watched. */
  longestStallMs: z.number().nullable(),
});
export type ServerReport = z.infer<typeof serverReport>;

/**
 * A question to a server: `memory` collects garbage, which stalls the loop; `watch` begins to watch the
 * loop, or begins anew; `rest` ends it, since the watching itself takes CPU.
 */
export type ServerQuestion = "memory" | "watch" | "rest";

/** The loop is looked at so often. The clock that looks is not part of a stall. */
const resolutionMs = 2;

/**
 * In a server's process: answers questions about it.
 * @returns the port on which it answers
 */
export async function reportOnServer(port: number): Promise<number> {
  const measure = memoryMeter();
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  let isWatched = false;

  function longestStall(): number | null {
    if (!isWatched) return null;
    const longestMs = delays.max / 1e6 - resolutionMs;
    delays.reset();
    return longestMs;
  }

  async function report(question: string): Promise<ServerReport> {
    const longestStallMs = longestStall();
    const answer = { port, retained: null, longestStallMs };
    switch (question) {
      case "watch":
        isWatched = true;
        delays.enable();
        return answer;
      case "rest":
        isWatched = false;
        delays.disable();
        return answer;
      default:
        return { ...answer, retained: (await measure()).retained };
    }
  }

  const server = createServer(({ url = "" }, response) => {
    void report(url.slice(1)).then((it) => response.end(JSON.stringify(it)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Asks the server that reports at a host. */
export async function askServer(
  host: string,
  question: ServerQuestion,
): Promise<ServerReport> {
  const response = await fetch(`http://${host}/${question}`);
  return serverReport.parse(await response.json());
}
