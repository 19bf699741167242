import { createServer, type AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { ConfigError, type Config } from "./config/config.js";
import type { Stop } from "./foundation/deadline.js";
import {
  createMetricsServer,
  type ReadMetrics,
} from "./transport/http/health.js";

/** The codes of errors from listening on a HOST that is no address of this machine. */
const unusableHost =
  /^(EADDRNOTAVAIL|EAFNOSUPPORT|EINVAL|ENOTFOUND|EAI_[A-Z]+)$/;

/**
 * Listens, and answers where: `http://127.0.0.1:4000`.
 * @throws {ConfigError} where HOST is no address of this machine
 */
export async function listen(
  http: FastifyInstance,
  host: string,
  port: number,
): Promise<string> {
  await http.listen({ host, port }).catch((error: unknown) => {
    throw namingHost(error, host);
  });
  return originOf(http.server.address(), host);
}

/**
 * Listens for a moment, so that a start finds out before it makes a database whether it may.
 * @throws what `listen` throws
 */
export async function tryToListen({ host, port }: Config): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(namingHost(error, host)));
    server.listen({ host, port }, () => server.close(() => resolve()));
  });
}

function namingHost(error: unknown, host: string): Error {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (typeof code === "string" && unusableHost.test(code))
    return new ConfigError([`HOST ${host} is no address of this machine`]);
  return error instanceof Error ? error : new Error(String(error));
}

/**
 * Listens on the metrics' own port, where there is one.
 * @returns the address of the metrics; null where they have no port of their own
 */
export async function serveMetrics(
  { host, metricsPort }: Config,
  read: ReadMetrics,
): Promise<{ url: string | null; stop: Stop }> {
  if (typeof metricsPort !== "number")
    return { url: null, stop: () => Promise.resolve() };
  const http = createMetricsServer(read);
  const origin = await listen(http, host, metricsPort).catch(
    (error: unknown) => {
      if (error instanceof Error && "code" in error)
        throw new ConfigError([
          `METRICS_PORT ${metricsPort} can't be used: ${String(error.code)}`,
        ]);
      throw error;
    },
  );
  return { url: `${origin}/metrics`, stop: () => http.close() };
}

function originOf(address: string | AddressInfo | null, host: string): string {
  const port = typeof address === "object" && address ? address.port : 0;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
