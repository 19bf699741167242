import { emptyState, type Receipt, type State } from "../faults/state.js";

/** How far a recipient has come with a message. */
export type Kind = "DELIVERED" | "READ";

/** How one attempt at an operation ended. */
export type Outcome<Answer> =
  | { readonly kind: "ok"; readonly answer: Answer }
  /** It was refused: nothing was stored. */
  | { readonly kind: "fail"; readonly code: string }
  /** Its answer was lost, or is still to come: it may have happened, and may still happen. */
  | { readonly kind: "unknown" };

/** One attempt at an operation. Times are of `performance.now()`. */
export interface Call<Action, Answer> {
  readonly userId: string;
  readonly action: Action;
  readonly invokedMs: number;
  /** Infinity while there is no answer. */
  endedMs: number;
  outcome: Outcome<Answer>;
}

/** Told of an attempt at the moment when it begins; the function that it returns is told of its end. */
export type Watch<Data> = () => (outcome: Outcome<Data>) => void;

interface Send {
  readonly conversationId: string;
  readonly clientId: string;
}

/** What an acknowledged send tells. */
interface Sent {
  readonly id: string;
  readonly seq: number;
  readonly duplicate: boolean;
}

interface Mark {
  readonly conversationId: string;
  readonly seq: number;
  readonly messageId: string;
  readonly kind: Kind;
  /** Every message up to it as well. */
  readonly upTo: boolean;
}

/** What a database holds: its messages, and the state of each recipient who has one. */
export interface Stored {
  /** By `<conversation> <seq>`: the client's id of the message. */
  readonly messages: ReadonlyMap<string, string>;
  /** By `<conversation> <seq> <recipient>`. */
  readonly marks: ReadonlyMap<string, Kind>;
}

/** The counts of a message, as somebody was told them. */
export interface ToldStatus {
  readonly seq: number;
  readonly overallStatus: string;
  readonly totalRecipients: number;
  readonly deliveredCount: number;
  readonly readCount: number;
}

/** What happened to a subscriber, in order. */
export type Told =
  /** It read the state of a conversation, and goes on from there. */
  | {
      readonly kind: "read";
      readonly conversationId: string;
      readonly state: State;
    }
  /** A subscription of it began; what it is told until the next one begins comes in one piece. */
  | { readonly kind: "opened"; readonly stream: "status" | "messages" }
  | {
      readonly kind: "status";
      readonly atMs: number;
      readonly conversationId: string;
      /** Where the conversation stood, by the event's cursor; null where the cursor does not say. */
      readonly version: number | null;
      readonly receipts: readonly Receipt[];
      readonly statuses: readonly ToldStatus[];
    }
  | {
      readonly kind: "message";
      readonly conversationId: string;
      readonly seq: number;
      readonly id: string;
      readonly clientId: string;
      readonly senderId: string;
    };

/** A subscriber of some conversations. */
export interface Stream {
  readonly name: string;
  readonly conversationIds: readonly string[];
  told: Told[];
}

/** What somebody knew of some conversations at a cursor, and all changes after it. */
export interface Resumed {
  readonly label: string;
  readonly conversationIds: readonly string[];
  readonly receipts: State["receipts"];
}

/** What a reader found: messages with their counts, and the states of their recipients. */
export interface Found {
  readonly statuses: readonly ToldStatus[];
  readonly receipts: State["receipts"];
}

/**
 * Everything that clients did and were told, in conversations whose participants never change. What is
 * recorded decides nothing: the checks of this folder judge it afterwards.
 */
export class History {
  readonly participants = new Map<string, readonly string[]>();
  sends: Call<Send, Sent>[] = [];
  marks: Call<Mark, { readonly changed: boolean }>[] = [];
  reads: Call<{ readonly conversationId: string }, Found>[] = [];
  readonly streams: Stream[] = [];
  readonly resumed: Resumed[] = [];
  /** What the database held when the history began. */
  base: Stored = { messages: new Map(), marks: new Map() };
  /** Whether the database was put back: messages of before may be told again after newer ones (R54). */
  isCutShort = false;
  /** What fresh queries tell once nothing is under way. */
  truth: State = emptyState();

  /** Records an attempt, and its end once it has one. */
  watch<Action, Data, Answer>(
    calls: Call<Action, Answer>[],
    userId: string,
    action: Action,
    answerOf: (data: Data) => Answer,
  ): Watch<Data> {
    return () => {
      const call: Call<Action, Answer> = {
        ...{ userId, action },
        invokedMs: performance.now(),
        endedMs: Infinity,
        outcome: { kind: "unknown" },
      };
      calls.push(call);
      return (outcome) => {
        call.endedMs = performance.now();
        call.outcome =
          outcome.kind === "ok"
            ? { kind: "ok", answer: answerOf(outcome.answer) }
            : outcome;
      };
    };
  }

  /**
   * The database was put back to an earlier state: what was acknowledged and told before counts no longer.
   * Attempts without an answer may still happen.
   */
  restartFrom(base: Stored): void {
    const isOpen = ({ outcome }: Call<unknown, unknown>) =>
      outcome.kind === "unknown";
    this.base = base;
    this.isCutShort = true;
    this.sends = this.sends.filter(isOpen);
    this.marks = this.marks.filter(isOpen);
    this.reads = [];
    for (const stream of this.streams) stream.told = [];
  }
}
