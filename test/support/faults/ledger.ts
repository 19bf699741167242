import type { State } from "./state.js";

type Kind = "DELIVERED" | "READ";

interface Sent {
  readonly id: string;
  readonly seq: number;
  readonly senderId: string;
}

interface Mark {
  readonly userId: string;
  readonly seq: number;
  readonly messageId: string;
  readonly kind: Kind;
  readonly upTo: boolean;
}

/** What a database holds: its messages, and the state of each recipient who has one. */
export interface Stored {
  /** By `<conversation> <seq>`: the client's id of the message. */
  readonly messages: ReadonlyMap<string, string>;
  /** By `<conversation> <seq> <recipient>`. */
  readonly marks: ReadonlyMap<string, Kind>;
}

/** What became of all that was acknowledged. */
export interface Audit {
  readonly lost: string[];
  readonly doubled: string[];
  readonly wrong: string[];
}

/** What the service has acknowledged in one conversation. */
export class Ledger {
  /** How much it was, in all. */
  acknowledged = 0;
  private readonly sent = new Map<string, Sent>();
  /** Messages that were acknowledged in a time that was lost, by client id: clients still know them. */
  private readonly gone = new Map<string, Sent>();
  private readonly goneIds = new Set<string>();
  private marks: Mark[] = [];
  /** What a restored database began with. */
  private base: Stored = { messages: new Map(), marks: new Map() };

  readonly conversationId: string;

  constructor(conversationId: string) {
    this.conversationId = conversationId;
  }

  /** Messages that a client may mark. */
  get known(): readonly Sent[] {
    return [...this.sent.values(), ...this.gone.values()];
  }

  addMessage(clientId: string, message: Sent): void {
    this.acknowledged++;
    this.sent.set(clientId, message);
  }

  addMark(mark: Mark): void {
    this.acknowledged++;
    this.marks.push(mark);
  }

  /**
   * A client is told that a message is not there.
   * @returns whether that may be: it was acknowledged in the time that was lost
   */
  forget(messageId: string): boolean {
    const isGone = this.goneIds.has(messageId);
    for (const [clientId, { id }] of this.gone)
      if (id === messageId) this.gone.delete(clientId);
    return isGone;
  }

  /**
   * History was cut short: from now on there is what the restored database holds, and what is added to it.
   * @returns how many acknowledged messages are not there
   */
  restartFrom(base: Stored): number {
    this.base = base;
    this.marks = [];
    for (const [clientId, { seq }] of [...this.sent])
      if (base.messages.get(`${this.conversationId} ${seq}`) !== clientId)
        this.gone.set(clientId, this.sent.get(clientId) as Sent);
    for (const [clientId, { id }] of this.gone) {
      this.sent.delete(clientId);
      this.goneIds.add(id);
    }
    return this.gone.size;
  }

  /** Compares with what a fresh query tells. Nothing may be under way. */
  audit(truth: State, participants: readonly string[]): Audit {
    const audit: Audit = { lost: [], doubled: [], wrong: [] };
    this.auditMessages(truth, audit);
    this.auditMarks(truth, participants, audit);
    return audit;
  }

  private auditMessages(truth: State, { lost, doubled, wrong }: Audit): void {
    const prefix = `${this.conversationId} `;
    const owed = new Map<string, string>();
    for (const [key, clientId] of this.base.messages)
      if (key.startsWith(prefix)) owed.set(clientId, key);
    for (const [clientId, { seq }] of this.sent)
      owed.set(clientId, `${prefix}${seq}`);
    const found = new Map<string, string>();
    for (const [key, { clientId, id, senderId }] of truth.messages) {
      if (!key.startsWith(prefix)) continue;
      if (found.has(clientId)) doubled.push(`message ${key}: ${clientId}`);
      found.set(clientId, key);
      const sent = this.sent.get(clientId);
      if (sent && (sent.id !== id || sent.senderId !== senderId))
        wrong.push(`message ${key} has another id or sender`);
      if (!owed.has(clientId)) wrong.push(`message ${key} was not sent`);
    }
    for (const [clientId, key] of owed) {
      const there = found.get(clientId);
      if (there === undefined) lost.push(`message ${key}`);
      else if (there !== key) wrong.push(`message ${key} is ${there}`);
    }
    for (let seq = 1; seq <= found.size; seq++)
      if (!truth.messages.has(`${prefix}${seq}`))
        wrong.push(`there is no message ${prefix}${seq}`);
  }

  private auditMarks(
    truth: State,
    participants: readonly string[],
    { lost, wrong }: Audit,
  ): void {
    const prefix = `${this.conversationId} `;
    const owed = new Map<string, Kind>();
    const owe = (key: string, kind: Kind) => {
      if (owed.get(key) !== "READ") owed.set(key, kind);
    };
    for (const [key, kind] of this.base.marks)
      if (key.startsWith(prefix)) owe(key, kind);
    for (const { userId, seq, messageId, kind, upTo } of this.marks) {
      if (truth.messages.get(`${prefix}${seq}`)?.id !== messageId)
        lost.push(`the message of a mark, ${prefix}${seq}`);
      for (let at = upTo ? 1 : seq; at <= seq; at++)
        owe(`${prefix}${at} ${userId}`, kind);
    }
    for (const [key, { senderId }] of truth.messages)
      for (const userId of participants) {
        if (!key.startsWith(prefix) || userId === senderId) continue;
        const times = truth.receipts.get(`${key} ${userId}`);
        const is = times ? (times.readAt ? "READ" : "DELIVERED") : "PENDING";
        const was = owed.get(`${key} ${userId}`) ?? "PENDING";
        if (is === was) continue;
        const problem = `the mark of ${key} by ${userId}: ${was} was acknowledged, it is ${is}`;
        if (is === "PENDING" || was === "READ") lost.push(problem);
        else wrong.push(problem);
      }
  }
}
