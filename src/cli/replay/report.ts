import Table from "cli-table3";
import type { EventCounts } from "./subscriber.js";

/** The unread count of a participant at the end. */
export interface UnreadOf {
  userId: string;
  unreadCount: number;
}

/** One message as the API shows it at the end. */
export interface SampledMessage {
  seq: number;
  senderId: string;
  summaryText: string;
  totalRecipients: number;
  deliveredCount: number;
  readCount: number;
}

/** The outcome of a replay. Messages, active participants, unread counts and samples come from the API. */
export interface ReplayReport {
  conversationId: string;
  messages: number;
  activeParticipants: number;
  /** Counted from the plan, with those who left: the API lists present participants alone. */
  participantsEver: number;
  marks: {
    sent: number;
    /** Marks that were answered with `changed: true`. */
    changed: number;
  };
  /** The events that one subscriber received meanwhile. */
  events: EventCounts;
  /** Active participants, those with the most unread messages first, then by id. */
  unread: UnreadOf[];
  /** Oldest first. */
  samples: SampledMessage[];
  /** The time from the first request to the last event, without the reading of the final state. */
  tookMs: number;
}

const unreadRows = 10;

/**
 * Up to `count` numbers out of 1…`total`, evenly spread, with the first and the last. The result is
 * the same every time.
 */
export function evenlySpread(total: number, count: number): number[] {
  if (total <= count) return Array.from({ length: total }, (_, i) => i + 1);
  const gap = (total - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => 1 + Math.round(i * gap));
}

/** The report as text tables, without colours, ending in a line break. */
export function renderReport(report: ReplayReport): string {
  const { activeParticipants, participantsEver, marks, events } = report;
  const totals = table(null);
  totals.push(
    ["conversation", report.conversationId],
    ["messages", report.messages],
    [
      "participants",
      `${String(activeParticipants)} in it, ${String(participantsEver)} ever`,
    ],
    [
      "marks",
      `${String(marks.sent)} sent, ${String(marks.changed)} changed something`,
    ],
    [
      "events received",
      `${String(events.messagesAdded)} messageAdded, ${String(events.statusChanges)} messageStatusChanged`,
    ],
    ["time taken", `${(report.tookMs / 1_000).toFixed(1)} s`],
  );

  const unread = table(["participant", "unread"]);
  for (const { userId, unreadCount } of report.unread.slice(0, unreadRows))
    unread.push([userId, unreadCount]);
  const more = report.unread.length - unreadRows;
  if (more > 0) unread.push([`… and ${String(more)} more`, ""]);

  const samples = table([
    "seq",
    "sender",
    "status",
    "recipients",
    "delivered",
    "read",
  ]);
  for (const sample of report.samples)
    samples.push([
      sample.seq,
      sample.senderId,
      sample.summaryText,
      sample.totalRecipients,
      sample.deliveredCount,
      sample.readCount,
    ]);

  return [totals, unread, samples]
    .map((each) => `${each.toString()}\n`)
    .join("\n");
}

function table(head: string[] | null) {
  // The default styles of the library write colours, also into files.
  return new Table({
    head: head ?? [],
    style: { head: [], border: [], compact: true },
  });
}
