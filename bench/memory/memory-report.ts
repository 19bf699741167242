import { createServer } from "node:http";
import { Session } from "node:inspector/promises";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/** The report of a server on itself. */
export const memoryReport = z.object({
  /** Where the server listens. */
  port: z.number(),
  /** Bytes on the heap and in buffers after a collection. */
  retained: z.number(),
  /** Resident memory of the process, in bytes. */
  resident: z.number(),
});
export type MemoryReport = z.infer<typeof memoryReport>;

/**
 * In a server's process: measures the memory that is left after a collection, in bytes on the heap and
 * in buffers, and resident memory.
 */
export function memoryMeter(): () => Promise<Omit<MemoryReport, "port">> {
  const session = new Session();
  session.connect();
  return async () => {
    // The second turn collects the objects that finalizers release in the first.
    for (let turn = 0; turn < 2; turn++)
      await session.post("HeapProfiler.collectGarbage");
    const { heapUsed, external, rss } = process.memoryUsage();
    return { retained: heapUsed + external, resident: rss };
  };
}

/**
 * In a server's process: collects garbage and reports the memory that is left, at each request.
 * @returns the port on which it answers
 */
export async function reportMemory(port: number): Promise<number> {
  const measure = memoryMeter();
  const report = async () => ({ port, ...(await measure()) });
  const server = createServer((_, response) => {
    void report().then((memory) => response.end(JSON.stringify(memory)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Asks the process that answers at a port. */
export async function askMemory(host: string): Promise<MemoryReport> {
  const response = await fetch(`http://${host}/`);
  return memoryReport.parse(await response.json());
}
