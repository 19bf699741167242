import type { ConnectionLimits } from "../../../foundation/connection-limits.js";
import { requestIdOf } from "./headers.js";
import { UpgradeRequest } from "./upgrade-request.js";

/** The options of Fastify that bound how long a connection may take, and say who a client is. */
export function serverOptions(
  { headersMs, requestMs, idleMs, keepAliveMs, checkMs }: ConnectionLimits,
  trustProxy: readonly string[],
) {
  return {
    genReqId: requestIdOf,
    requestTimeout: requestMs,
    connectionTimeout: idleMs,
    keepAliveTimeout: keepAliveMs,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    http: {
      headersTimeout: headersMs,
      connectionsCheckingInterval: checkMs,
      IncomingMessage: UpgradeRequest,
    },
  };
}
