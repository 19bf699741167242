import type { Sql } from "postgres";

export type State = "PENDING" | "DELIVERED" | "READ";
const states = ["PENDING", "DELIVERED", "READ"] as const;

/** A mark, by the conversation's and the recipient's place among theirs. */
export interface PlacedMark {
  readonly conversation: number;
  readonly recipient: number;
  readonly kind: "DELIVERED" | "READ";
  readonly seq: number;
  readonly upTo: boolean;
}

const rowsInStatement = 20_000;

/** The rows of a store with a row for each message and recipient: the same marks, one message at a time. */
export class StateRows {
  private readonly recipientIds: readonly string[];
  private readonly messages: number;
  private readonly codes: Uint8Array;

  constructor(
    conversations: number,
    recipientIds: readonly string[],
    messages: number,
  ) {
    this.recipientIds = recipientIds;
    this.messages = messages;
    this.codes = new Uint8Array(conversations * messages * recipientIds.length);
  }

  apply({ conversation, recipient, kind, seq, upTo }: PlacedMark): void {
    for (let one = upTo ? 1 : seq; one <= seq; one++) {
      const place = this.placeOf(conversation, one, recipient);
      const code = states.indexOf(kind);
      this.codes[place] = Math.max(code, this.codes[place] ?? 0);
    }
  }

  stateOf(conversation: number, seq: number, recipient: number): State {
    const code = this.codes[this.placeOf(conversation, seq, recipient)] ?? 0;
    return states[code] ?? "PENDING";
  }

  /** The number of states, without those of messages that were not acknowledged. */
  count(state: "DELIVERED" | "READ"): number {
    const code = states.indexOf(state);
    return this.codes.reduce((sum, one) => sum + Number(one >= code), 0);
  }

  /**
   * Writes the rows in order of message and recipient, each once, so that the table and its indexes
   * are as dense as they ever are: short numbers for messages, the primary key and the one index
   * that finds a user's rows.
   */
  async store(sql: Sql): Promise<void> {
    await sql`
      create table message_recipients (
        message_id bigint not null, user_id text not null,
        delivered_at timestamptz, read_at timestamptz,
        primary key (message_id, user_id))`;
    await sql`create index on message_recipients (user_id)`;
    const width = this.recipientIds.length;
    for (let start = 0; start < this.codes.length; start += rowsInStatement) {
      const codes = this.codes.subarray(start, start + rowsInStatement);
      const given = [...codes.keys()].filter((i) => codes[i] !== 0);
      const messageIds = given.map((i) => Math.floor((start + i) / width) + 1);
      const userIds = given.map(
        (i) => this.recipientIds[(start + i) % width] ?? "",
      );
      const read = given.map((i) =>
        Number(codes[i] === states.indexOf("READ")),
      );
      await sql`
        insert into message_recipients
        select message_id, user_id, now(), case when is_read = 1 then now() end
        from unnest(${messageIds}::bigint[], ${userIds}::text[], ${read}::int[])
          as i (message_id, user_id, is_read)`;
    }
  }

  private placeOf(conversation: number, seq: number, recipient: number) {
    const message = conversation * this.messages + seq - 1;
    return message * this.recipientIds.length + recipient;
  }
}
