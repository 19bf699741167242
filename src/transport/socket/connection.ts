import type { Duplex } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { WebSocket } from "ws";
import type { Viewer } from "../../auth/viewer.js";
import { callerKey, strangerKey } from "../../fair/caller-key.js";
import type { Outlet } from "../../fair/under-way.js";
import type { Closing } from "./close-codes.js";
import { DrainWatch } from "./drain-watch.js";
import { socketLimits, unreadBytes } from "./limits.js";

/** Why nothing is read from a socket for a while. */
type Pause = "answers unread" | "asks for too much" | "messages wait";

/** With so many messages, or so many bytes of them, waiting, nothing more is read from their socket. */
const longInbox = { messages: 16, bytes: 64 * 1_024 };

/** The two counts of a socket: its subscriptions, and its queries and mutations. */
export type Counted = "subscriptions" | "operations";

/** The server's end of one socket: who uses the socket, and how much runs on it. */
export class Connection implements Outlet {
  readonly socket: WebSocket;
  /** The stream that the socket writes to. */
  readonly stream: Duplex;
  readonly drain: DrainWatch;
  /** The user of an admitted socket; null before admission. */
  viewer: Viewer | null = null;
  /** The length of the message that is being read. */
  messageBytes = 0;
  /** How many beats of the heartbeat have passed since the last message or pong. */
  silentBeats = 0;
  /** The messages that were read from the socket and wait for their turn, the oldest first. */
  private readonly inbox: Buffer[] = [];
  private inboxBytes = 0;
  private readonly pauses = new Set<Pause>();
  private subscriptions = 0;
  private operations = 0;
  private onIdle: (() => void) | null = null;
  private onFree: (() => void)[] = [];
  /** For each operation id whose subscription is being opened: the newest attempt. */
  private opening: Map<string, symbol> | null = null;

  /** The address of the peer, which may be a proxy. */
  readonly address: string;

  /** @param stuckMs how long the socket may be stuck before it is closed as too slow */
  constructor(
    socket: WebSocket,
    stream: Duplex,
    address: string,
    stuckMs: number,
  ) {
    this.address = address;
    this.socket = socket;
    this.stream = stream;
    this.drain = new DrainWatch(socket, stream, stuckMs);
  }

  /**
   * The user of the socket.
   * @throws {Error} before admission: graphql-ws lets no operation through until then
   */
  get admittedViewer(): Viewer {
    if (!this.viewer)
      throw new Error("an operation on a socket that was not admitted");
    return this.viewer;
  }

  /** Counts one more operation. Answers false, and counts nothing, where the limit is reached. */
  reserve(counted: Counted): boolean {
    if (this[counted] >= socketLimits[`${counted}PerSocket`]) return false;
    this[counted]++;
    return true;
  }

  /** Takes back one `reserve`. */
  release(counted: Counted): void {
    this[counted]--;
    if (this.operations === 0) this.onIdle?.();
  }

  /** Resolves when no query or mutation runs, and the socket has been handed every answer. */
  async idle(): Promise<void> {
    while (this.operations > 0) {
      await new Promise<void>((resolve) => (this.onIdle = resolve));
      await nextTurn();
    }
  }

  /** Notes that a subscription is being opened under an id. Pass the answer to `endOpening`. */
  beginOpening(operationId: string): symbol {
    const attempt = Symbol(operationId);
    this.opening ??= new Map();
    this.opening.set(operationId, attempt);
    return attempt;
  }

  /**
   * Notes that the opening of a subscription has ended, well or not. Answers whether the id still
   * belongs to this attempt: a client may complete a subscription while the subscription is being
   * opened, and subscribe anew under the same id.
   */
  endOpening(operationId: string, attempt: symbol): boolean {
    const isNewest = this.opening?.get(operationId) === attempt;
    if (isNewest) this.opening?.delete(operationId);
    if (this.opening?.size === 0) this.opening = null;
    return isNewest;
  }

  /** Adds a message to those that wait. */
  put(message: Buffer): void {
    this.inbox.push(message);
    this.inboxBytes += message.length;
    if (
      this.inbox.length >= longInbox.messages ||
      this.inboxBytes >= longInbox.bytes
    )
      this.pause("messages wait");
  }

  /** Takes the message that has waited longest. */
  take(): Buffer | undefined {
    const message = this.inbox.shift();
    this.inboxBytes -= message?.length ?? 0;
    if (this.inbox.length === 0) this.resume("messages wait");
    return message;
  }

  /** Who makes the work of the socket's messages, as the fair queue names them. */
  get callerKey(): string {
    return this.viewer ? callerKey(this.viewer) : strangerKey(this.address);
  }

  /** Reads nothing more from a client that does not read its answers, until the answers are gone. */
  holdUnread(): void {
    const why = "answers unread";
    if (!this.isHeld || this.pauses.has(why)) return;
    this.pause(why);
    this.drain.whenDrained(() => this.resume(why));
  }

  /** Reads nothing more for a while from a client that asks for too much. */
  rest(ms: number): void {
    const why = "asks for too much";
    if (this.pauses.has(why)) return;
    this.pause(why);
    setTimeout(() => {
      this.holdUnread();
      this.resume(why);
    }, ms).unref();
  }

  /** Whether the client leaves so much unread that no answer is made for it. */
  get isHeld(): boolean {
    return this.stream.writableLength > unreadBytes;
  }

  get isGone(): boolean {
    return this.socket.readyState !== this.socket.OPEN;
  }

  /** Calls back once, when the client has read its answers or is gone. */
  whenFree(go: () => void): void {
    this.onFree.push(go);
    if (this.onFree.length === 1) this.drain.whenDrained(() => this.tellFree());
  }

  /** The client is gone: nobody waits for it any more. */
  end(): void {
    this.drain.stop();
    this.tellFree();
  }

  private tellFree(): void {
    for (const go of this.onFree.splice(0)) go();
  }

  private pause(why: Pause): void {
    this.pauses.add(why);
    this.socket.pause();
  }

  private resume(why: Pause): void {
    if (this.pauses.delete(why) && this.pauses.size === 0) this.socket.resume();
  }

  /** Sends a close frame. */
  close({ code, reason }: Closing): void {
    this.socket.close(code, reason);
  }
}
