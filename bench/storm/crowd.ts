import { setTimeout as delay } from "node:timers/promises";
import type { Contender } from "../support/contender.js";
import type { SeededChat } from "../support/chats.js";
import type { OpenClient, StormClient } from "./clients.js";

/** The measurements of a storm. */
export interface StormResult {
  /** From the first mark until the sender sees 'Read by all'. */
  readonly ms: number;
  /** The events that the sender got, from the first mark until all marks were answered. */
  readonly events: number;
  readonly cpuMs: number;
}

/** The number of participants, beside the sender, who watch. */
const watchingReaders = 9;

/** How long after the last answer the sender may still wait for the event. */
const patienceMs = 60_000;

/** The number of clients that connect at once. */
const connectingAtOnce = 100;

/** All participants of a conversation, connected to one server; the sender and a few more watch. */
export class Crowd {
  private readonly contender: Contender;
  private readonly readers: readonly StormClient[];
  private readonly watchers: readonly StormClient[];
  private events = 0;
  private onReadByAll = (): void => undefined;

  private constructor(
    contender: Contender,
    readers: readonly StormClient[],
    watchers: readonly StormClient[],
  ) {
    this.contender = contender;
    this.readers = readers;
    this.watchers = watchers;
  }

  static async connect(
    contender: Contender,
    open: OpenClient,
    { id, senderId, readerIds }: SeededChat,
  ): Promise<Crowd> {
    const connect = (userId: string) => open(contender.host, userId);
    const readers: StormClient[] = [];
    for (let i = 0; i < readerIds.length; i += connectingAtOnce)
      readers.push(
        ...(await Promise.all(
          readerIds.slice(i, i + connectingAtOnce).map(connect),
        )),
      );
    const sender = await connect(senderId);
    const others = readers.slice(0, watchingReaders);
    const crowd = new Crowd(contender, readers, [sender]);
    await sender.watch(id, (isReadByAll) => {
      crowd.events++;
      if (isReadByAll) crowd.onReadByAll();
    });
    for (const other of others) await other.watch(id, () => undefined);
    return crowd;
  }

  /** All participants mark the message at once: delivered, and read once the delivery is answered. */
  async storm(messageId: string | number): Promise<StormResult> {
    const isReadByAll = new Promise<void>((resolve) => {
      this.onReadByAll = resolve;
    });
    this.events = 0;
    const cpuBefore = await this.contender.cpuMicros();
    const start = performance.now();
    const answered = Promise.all(
      this.readers.map(async (reader) => {
        await reader.mark(messageId, "delivered");
        await reader.mark(messageId, "read");
      }),
    );
    const seenAt = isReadByAll.then(() => performance.now());
    await answered;
    const ms = (await withPatience(seenAt, this.contender.name)) - start;
    const cpuMs = ((await this.contender.cpuMicros()) - cpuBefore) / 1_000;
    return { ms, events: this.events, cpuMs };
  }

  close(): void {
    for (const client of [...this.readers, ...this.watchers]) client.close();
  }
}

async function withPatience<Value>(
  event: Promise<Value>,
  server: string,
): Promise<Value> {
  const patience = new AbortController();
  const lost = delay(patienceMs, null, { signal: patience.signal }).then(() => {
    throw new Error(`${server} never told the sender 'Read by all'`);
  });
  try {
    return await Promise.race([event, lost]);
  } finally {
    patience.abort();
  }
}
