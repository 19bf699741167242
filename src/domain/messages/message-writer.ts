import type { Bus } from "../../bus/bus.js";
import { isDatabaseUnavailable, pgErrorCode } from "../../db/failure.js";
import { LockQueue, writeWaitMs } from "../../db/lock-queue.js";
import { notYet } from "../../foundation/batcher.js";
import { Lanes } from "../../foundation/lanes.js";
import type { Turns } from "../../foundation/turns.js";
import type { MessageRow } from "./message.js";
import type {
  KeyedMessage,
  InsertTerms,
  MessageQueries,
  NewMessage,
} from "./message-queries.js";

/** A stored message, and whether it had been stored before. */
export interface Sent {
  readonly message: MessageRow;
  readonly duplicate: boolean;
}

/** The outcome of one message of a batch: null where its sender is no participant. */
type SendOutcome = (Sent & { readonly contentDigest: string }) | null;

/** The ordinary batch waits for nobody, and works on sets of some 400 runs at most. */
const ordinarily: InsertTerms = { waitMs: null, largestSets: 8_192 };
const anySets = Number.MAX_SAFE_INTEGER;

/** The SQLSTATE of a key that is taken. */
const uniqueViolation = "23505";

/** Stores messages. */
export interface MessageWriter {
  /**
   * Stores a message once (R16, R17). Resolves when the message is durable; null where its sender is no
   * participant.
   * @throws {AppError} UNAVAILABLE where too much waits, or the message waits for too long
   */
  write(message: NewMessage): Promise<SendOutcome>;
  /** How many messages wait for their batch. */
  inLanes(): number;
}

/**
 * Makes the writer of messages. Messages that are sent at once are stored together. A message that is
 * passed over, since another transaction has locked its conversation or sender, goes in its
 * conversation's queue.
 */
export function createMessageWriter({
  queries,
  bus,
  turns,
  isParticipant,
}: {
  queries: MessageQueries;
  bus: Bus;
  turns: Turns;
  isParticipant: (message: NewMessage) => Promise<boolean>;
}): MessageWriter {
  const lanes = new Lanes<NewMessage, SendOutcome | "passed over">({
    name: "write messages",
    count: 2,
    laneKeyOf: ({ conversationId }) => conversationId,
    ownerOf: ({ senderId }) => senderId,
    maxBatch: 500,
    maxWaitMs: writeWaitMs,
    isOneItemsFault: (error) => !isDatabaseUnavailable(error),
    // Behind those that wait for the same conversation: messages stay in the order in which they came.
    run: (items) =>
      attempt(items, ordinarily, (item) => !held.has(item.conversationId)),
  });
  const held = new LockQueue<NewMessage, SendOutcome>({
    turns,
    ownerOf: ({ senderId }) => senderId,
    maxBatch: 500,
    async write(items, waitMs) {
      const terms = { waitMs, largestSets: anySets };
      const outcomes = await attempt(items, terms, () => true);
      return outcomes.map((outcome) =>
        outcome === "passed over" ? notYet : outcome,
      );
    },
  });

  /** Stores what may be stored now. Nothing but a lock keeps a new message of a participant from it. */
  async function attempt(
    items: readonly NewMessage[],
    terms: InsertTerms,
    mayStore: (item: NewMessage) => boolean,
  ): Promise<readonly (SendOutcome | "passed over")[]> {
    const outcomes = await store(items, terms, mayStore);
    return Promise.all(
      items.map(async (item, i) => {
        const outcome = outcomes[i] ?? null;
        return outcome ?? ((await isParticipant(item)) ? "passed over" : null);
      }),
    );
  }

  /** Stores the new messages of a batch that may be stored now, and looks up those that were stored before. */
  async function store(
    items: readonly NewMessage[],
    terms: InsertTerms,
    mayStore: (item: NewMessage) => boolean,
  ): Promise<readonly SendOutcome[]> {
    const storable = items.filter(mayStore);
    const stored = byKey(
      storable.length > 0 ? await queries.insert(storable, terms) : [],
    );
    for (const { conversationId, version, xid } of newestOf(stored.values()))
      bus.publish({ kind: "conversation", conversationId, version, xid });
    const first = new Set<string>();
    const outcomes = items.map((item): SendOutcome => {
      const key = keyOf(item);
      const message = stored.get(key);
      if (!message || first.has(key)) return null;
      first.add(key);
      return { message, duplicate: false, contentDigest: item.contentDigest };
    });
    const others = items.filter((_, i) => !outcomes[i]);
    if (others.length === 0) return outcomes;
    const known = byKey(await queries.byKey(others));
    return items.map(
      (item, i) => outcomes[i] ?? storedBefore(known.get(keyOf(item))),
    );
  }

  return {
    async write(message) {
      const outcome = await twice(() => lanes.submit(message));
      return outcome === "passed over"
        ? twice(() => held.submit(message.conversationId, message))
        : outcome;
    },
    inLanes: () => lanes.size,
  };
}

function storedBefore(message: KeyedMessage | undefined): SendOutcome {
  if (!message) return null;
  return { message, duplicate: true, contentDigest: message.contentDigest };
}

/** Tries once more where another transaction was storing the same clientId, which has ended by then. */
async function twice<T>(store: () => Promise<T>): Promise<T> {
  try {
    return await store();
  } catch (error) {
    if (pgErrorCode(error) === uniqueViolation) return store();
    throw error;
  }
}

/** What a message is recognised by when it is sent again (R17). */
interface MessageKey {
  readonly conversationId: string;
  readonly senderId: string;
  readonly clientId: string;
}

function keyOf({ conversationId, senderId, clientId }: MessageKey): string {
  return `${conversationId}\0${senderId}\0${clientId}`;
}

function byKey<Row extends MessageKey>(
  rows: readonly Row[],
): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [keyOf(row), row]));
}

/** One message of each conversation: those that are stored together have the same version. */
function newestOf(rows: Iterable<MessageRow>): Iterable<MessageRow> {
  return new Map([...rows].map((row) => [row.conversationId, row])).values();
}
