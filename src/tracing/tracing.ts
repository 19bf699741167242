import type { Logger } from "pino";
import { installTracer } from "../foundation/tracer.js";

/**
 * Starts sending traces where an endpoint is given. Without one, nothing of OpenTelemetry is loaded.
 * @returns sends what is left, and stops; takes half a second at most
 */
export async function startTracing(
  endpoint: URL | null,
  version: string,
  log: Logger,
): Promise<() => Promise<void>> {
  if (!endpoint) return () => Promise.resolve();
  const { openTelemetry } = await import("./open-telemetry.js");
  const { tracer, close } = openTelemetry(endpoint, version, () =>
    log.warn("traces could not be sent"),
  );
  installTracer(tracer);
  return async () => {
    installTracer(null);
    await close();
  };
}
