import { Notifications } from "../db/notifications.js";
import { keepOpen } from "./keep-open.js";
import type { Line, LineEvents, LineKind } from "./line.js";

/**
 * LISTEN and NOTIFY, on connections of its own. Each statement wakes every node: their number is what
 * costs, not that of the notices in them.
 * @param url of a Postgres that is reached directly: a pooler that lends sessions loses all notices
 */
export function postgresLine(url: string, channel: string): LineKind {
  return {
    open: (events) => new PostgresLine(url, channel, events),
    minIntervalMs: 10,
    // Postgres answers NOTIFY once all that listen will get it.
    repeatMs: 0,
  };
}

class PostgresLine implements Line {
  private readonly url: string;
  private readonly channel: string;
  private readonly events: LineEvents;
  private readonly closing = new AbortController();
  private current: Notifications | null = null;

  constructor(url: string, channel: string, events: LineEvents) {
    this.url = url;
    this.channel = channel;
    this.events = events;
    void keepOpen(
      () => this.openOnce(),
      (error) => events.onLost(error),
      this.closing.signal,
    );
  }

  send(frame: Buffer): Promise<void> {
    const { current } = this;
    if (!current) return Promise.reject(new Error("the bus is not connected"));
    return current.notify(frame.toString("base64"));
  }

  renew(): void {
    void this.current?.close();
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.current?.close();
  }

  private get isClosing(): boolean {
    return this.closing.signal.aborted;
  }

  /** @throws once the connections are lost, or could not be opened */
  private async openOnce(): Promise<void> {
    const { url, channel, events } = this;
    let onClosed = (): void => undefined;
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    const opened = await Notifications.open(url, channel, {
      onPayload: (payload) => {
        events.onFrame(Buffer.from(payload, "base64"));
      },
      onListening: () => {
        if (this.current) events.onOpened();
      },
      onClosed,
    });
    if (this.isClosing) return opened.close();
    this.current = opened;
    events.onOpened();
    await closed;
    this.current = null;
    throw new Error("the connections to Postgres are lost");
  }
}
