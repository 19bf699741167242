import type { Sql } from "postgres";
import { withDeadline } from "../foundation/deadline.js";
import { connectionOptions, databaseUrl } from "./connect.js";
import { Connection, openDriver } from "./connection.js";
import type { Endpoint } from "./database-url.js";
import { NoConnectionError } from "./failure.js";

/** How long connecting, listening and each NOTIFY may take. */
const limitMs = 3_000;

/** The driver listens again so soon after a loss; its own pauses grow to 20 seconds. */
const pauseSeconds = () => 0.25 + Math.random() * 0.5;

/** What a pair of connections for LISTEN and NOTIFY tells. */
export interface NotificationEvents {
  onPayload(payload: string): void;
  /** What is sent from now on is heard. Told again after each loss of the listening connection. */
  onListening(): void;
  /** Nothing can be sent any more. Told once, unless `close` was called. */
  onClosed(): void;
}

/** Two connections to one server, outside of any pool: one listens to a channel, one notifies. */
export class Notifications {
  private readonly channel: string;
  private readonly publishing: Connection;
  private readonly listening: Sql;

  private constructor(channel: string, publishing: Connection, listening: Sql) {
    this.channel = channel;
    this.publishing = publishing;
    this.listening = listening;
  }

  /** Opens them on the first of a URL's servers that takes writes. */
  static async open(
    url: string,
    channel: string,
    events: NotificationEvents,
  ): Promise<Notifications> {
    const { endpoints } = databaseUrl(url);
    const failures: unknown[] = [];
    for (const endpoint of endpoints.length > 0 ? endpoints : [null])
      try {
        return await this.openAt(endpoint, url, channel, events);
      } catch (error) {
        failures.push(error);
      }
    throw failures[0];
  }

  private static async openAt(
    endpoint: Endpoint | null,
    url: string,
    channel: string,
    events: NotificationEvents,
  ): Promise<Notifications> {
    const options = {
      ...connectionOptions(databaseUrl(url), "own"),
      connectSeconds: limitMs / 1_000,
      answerLimitMs: limitMs,
    };
    let isOpen = false;
    const publishing = await Connection.open(options, endpoint, () => {
      if (!isOpen) return;
      isOpen = false;
      void listening.end({ timeout: 0 });
      events.onClosed();
    });
    const listening = openDriver(options, endpoint, () => undefined, {
      backoff: pauseSeconds,
    });
    try {
      const listens = listening.listen(channel, events.onPayload, () => {
        if (isOpen) events.onListening();
      });
      await withDeadline(listens, limitMs, () => {
        throw new NoConnectionError("LISTEN has not been answered in time.");
      });
      if (publishing.isClosed)
        throw new NoConnectionError("The connection for NOTIFY is lost.");
      isOpen = true;
      return new Notifications(channel, publishing, listening);
    } catch (error) {
      void publishing.close();
      void listening.end({ timeout: 0 });
      throw error;
    }
  }

  /**
   * Resolves once Postgres has taken the payload, of fewer than 8,000 bytes. After a failure both
   * connections are closed: whether it was taken is not known.
   */
  async notify(payload: string): Promise<void> {
    try {
      await this.publishing.query(
        "select pg_notify($1, $2)",
        [this.channel, payload],
        { prepare: true },
      );
    } catch (error) {
      void this.publishing.close();
      throw error;
    }
  }

  /** Lets go of both at once; what is under way fails. */
  async close(): Promise<void> {
    await Promise.all([
      this.publishing.close(),
      this.listening.end({ timeout: 0 }),
    ]);
  }
}
