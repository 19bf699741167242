import { Counter, type Registry } from "prom-client";
import type { OperationObserver } from "../graphql/operation-observer.js";
import {
  turnedAwayReasons,
  type HttpObserver,
} from "../transport/http/http-observer.js";
import { closings } from "../transport/socket/close-codes.js";
import type { SocketObserver } from "../transport/socket/socket-observer.js";
import { plainCounter, startAtZero } from "./kinds.js";
import { secondsOfWaiting, TallyHistogram } from "./tally.js";

/** Told of everything that clients ask for, over both transports. */
export type TransportObserver = OperationObserver &
  HttpObserver &
  SocketObserver;

/** Codes that the server sends, and those of sockets that clients close or lose. */
const knownCloseCodes = new Set<number>([
  ...[1000, 1001, 1005, 1006],
  ...Object.values(closings).map(({ code }) => code),
]);

/** Metrics of operations, requests and sockets. */
export function transportMetrics(registry: Registry): TransportObserver {
  const registers = [registry];
  const operations = new TallyHistogram({
    name: "acked_operation_duration_seconds",
    help: "Operations by root field, transport and outcome: OK or the code of the first error. A subscription counts until it is open.",
    labelNames: ["operation", "transport", "outcome"],
    buckets: secondsOfWaiting,
    registers,
  });
  const requests = new TallyHistogram({
    name: "acked_http_request_duration_seconds",
    help: "HTTP requests by route and status.",
    labelNames: ["route", "status"],
    buckets: secondsOfWaiting,
    registers,
  });
  const opened = new Counter({
    name: "acked_sockets_opened_total",
    help: "WebSockets opened.",
    registers,
  });
  const closed = new Counter({
    name: "acked_sockets_closed_total",
    help: "WebSockets closed, by close code; 1006 is a connection that ended without a close frame.",
    labelNames: ["code"],
    registers,
  });
  const turnedAway = plainCounter(registry, {
    name: "acked_connections_turned_away_total",
    help: "Connections turned away before they were served: the node or their address has too many, or their page's origin may not open sockets.",
    label: "reason",
    values: turnedAwayReasons,
  });
  startAtZero(closed, "code", [...knownCloseCodes, "other"]);
  return {
    onOperation: (operation, transport, outcome, ms) =>
      operations.of(operation, transport, outcome).add(ms / 1_000),
    onRequest: (route, status, ms) =>
      requests.of(route, String(status)).add(ms / 1_000),
    onTurnedAway: (reason) => turnedAway[reason]++,
    onOpened: () => opened.inc(),
    onClosed: (code) =>
      closed.inc({ code: knownCloseCodes.has(code) ? code : "other" }),
  };
}
