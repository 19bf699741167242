import { IncomingMessage } from "node:http";

/** Requests whose client offered to change the protocol. */
const offers = new WeakSet<IncomingMessage>();

/**
 * A request that Node hands to the listeners of `upgrade` where it asks for a WebSocket, and serves like
 * any other where it offers something else. Java's own HTTP client offers HTTP/2 (`Upgrade: h2c`) with
 * its requests, which a server may ignore (RFC 9110, 7.8); Node by itself would hand over each of them.
 *
 * Node asks `upgrade` after the headers are read. From Node 24.9 on, `shouldUpgradeCallback` of
 * `createServer` does the same; this class does it on every version.
 */
export class UpgradeRequest extends IncomingMessage {
  get upgrade(): boolean {
    return (
      offers.has(this) && (this.method === "CONNECT" || asksForWebSocket(this))
    );
  }

  /** Node sets null, then whether the request has offered a change. */
  set upgrade(isOffered: boolean | null) {
    if (isOffered) offers.add(this);
    else offers.delete(this);
  }
}

function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.trim().toLowerCase() === "websocket";
}
