import {
  applyReceipts,
  difference,
  emptyState,
  replace,
  textOf,
  type State,
} from "../faults/state.js";
import { rankOf, type Bounds } from "./bounds.js";
import type { History, Stream, Told, ToldStatus } from "./history.js";
import { checkStatus } from "./statuses.js";
import { Violations, type Violation } from "./violation.js";

/** Checks what subscribers were told, and where cursors led. */
export function checkStreams(history: History, bounds: Bounds): Violation[] {
  const violations = new Violations();
  for (const stream of history.streams)
    new Listening(history, bounds, stream, violations).check();
  for (const { label, conversationIds, receipts } of history.resumed) {
    const problem = difference({ receipts }, history.truth, conversationIds);
    if (problem) violations.wrong("R22", `${label}: ${problem}`);
  }
  return violations.found;
}

type ToldOf<K extends Told["kind"]> = Extract<Told, { kind: K }>;

/** Goes once more through everything that a subscriber was told. */
class Listening {
  /** What follows from all that was told. */
  private readonly known: State = emptyState();
  /** Conversations whose state was read: what comes of others is of before a restart. */
  private readonly begun = new Set<string>();
  /** Of the running subscription, by conversation: the newest message. */
  private readonly lastSeqs = new Map<string, number>();
  /** Of the running subscription, by conversation. */
  private readonly versions = new Map<string, number>();
  /** Of the running subscription, by `<conversation> <seq>`. */
  private readonly statuses = new Map<string, ToldStatus>();

  private readonly history: History;
  private readonly bounds: Bounds;
  private readonly stream: Stream;
  private readonly violations: Violations;

  constructor(
    history: History,
    bounds: Bounds,
    stream: Stream,
    violations: Violations,
  ) {
    this.history = history;
    this.bounds = bounds;
    this.stream = stream;
    this.violations = violations;
  }

  check(): void {
    const { told, name } = this.stream;
    for (const one of told) this.take(one);
    const problem = difference(this.known, this.history.truth, [...this.begun]);
    if (problem) this.violations.wrong("R22", `${name} in the end: ${problem}`);
  }

  private take(told: Told): void {
    switch (told.kind) {
      case "read":
        replace(this.known, told.conversationId, told.state);
        this.begun.add(told.conversationId);
        this.forget(told.conversationId);
        break;
      case "opened":
        if (told.stream === "messages") this.lastSeqs.clear();
        else {
          this.versions.clear();
          this.statuses.clear();
        }
        break;
      case "message":
        if (this.begun.has(told.conversationId)) this.takeMessage(told);
        break;
      case "status":
        if (this.begun.has(told.conversationId)) this.takeStatus(told);
    }
  }

  /** The state of a conversation was read anew: what was told of it before is not gone on with. */
  private forget(conversationId: string): void {
    this.lastSeqs.delete(conversationId);
    this.versions.delete(conversationId);
    for (const key of this.statuses.keys())
      if (key.startsWith(`${conversationId} `)) this.statuses.delete(key);
  }

  private takeMessage(told: ToldOf<"message">): void {
    const { conversationId, seq, id, clientId, senderId } = told;
    const { violations, known } = this;
    const key = `${conversationId} ${seq}`;
    const { name } = this.stream;
    const last = this.lastSeqs.get(conversationId) ?? 0;
    if (seq <= last && !this.history.isCutShort)
      violations.wrong("R22", `${name}: message ${key} came after ${last}`);
    this.lastSeqs.set(conversationId, Math.max(last, seq));
    if (seq > 1 && !known.messages.has(`${conversationId} ${seq - 1}`))
      violations.wrong(
        "R22",
        `${name}: the message before ${key} was left out`,
      );
    known.messages.set(key, { id, clientId, senderId });
  }

  private takeStatus(told: ToldOf<"status">): void {
    const { conversationId, version, receipts, statuses, atMs } = told;
    const { violations, known, bounds } = this;
    const { name } = this.stream;
    const before = this.versions.get(conversationId) ?? 0;
    if (version !== null) {
      if (version < before)
        violations.wrong(
          "R23",
          `${name}: an event of ${conversationId} at version ${version} came after ${before}`,
        );
      this.versions.set(conversationId, Math.max(version, before));
    }
    this.checkReceipts(told);
    applyReceipts(known.receipts, conversationId, receipts);
    for (const status of statuses) {
      const key = `${conversationId} ${status.seq}`;
      const when = { fromMs: -Infinity, toMs: atMs, who: name };
      checkStatus(bounds, conversationId, status, when, violations);
      const earlier = this.statuses.get(key);
      if (
        earlier &&
        (earlier.deliveredCount > status.deliveredCount ||
          earlier.readCount > status.readCount)
      )
        violations.wrong(
          "R23",
          `${name}: message ${key} went from ${textOf(earlier)} back to ${textOf(status)}`,
        );
      this.statuses.set(key, status);
      known.statuses.set(key, textOf(status));
    }
  }

  /** Nobody is told of a mark that nobody has made, nor of another time than its first (R7). */
  private checkReceipts({
    conversationId,
    receipts,
    atMs,
  }: ToldOf<"status">): void {
    const { truth } = this.history;
    for (const { kind, at, fromSeq, toSeq, participant } of receipts)
      for (let seq = fromSeq; seq <= toSeq; seq++) {
        const userId = participant.user.id;
        const message = truth.messages.get(`${conversationId} ${seq}`);
        // A run may stretch over the recipient's own messages.
        if (!message || message.senderId === userId) continue;
        const key = `${conversationId} ${seq} ${userId}`;
        const { most } = this.bounds.of(
          ...([conversationId, seq, userId] as const),
          ...([-Infinity, atMs] as const),
        );
        if (rankOf(kind) > most)
          this.violations.wrong(
            "R9",
            `${this.stream.name} was told ${kind} of ${key}, which nobody had marked so`,
          );
        const times = truth.receipts.get(key);
        const final = kind === "READ" ? times?.readAt : times?.deliveredAt;
        if (final && final !== at)
          this.violations.wrong(
            "R7",
            `${this.stream.name} was told ${kind} of ${key} at ${at}, it was at ${final}`,
          );
      }
  }
}
