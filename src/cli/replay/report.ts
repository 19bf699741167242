import Table from "cli-table3";
import type { EventCounts } from "./subscriber.js";

/** How one participant stands at the end. */
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

/** What a replay came to. Messages, who is active, unread and samples are read back from the API. */
export interface ReplayReport {
  conversationId: string;
  messages: number;
  activeParticipants: number;
  /** Those who left included; the API lists those present only, so this is the plan's count. */
  participantsEver: number;
  marks: {
    sent: number;
    /** Answered with `changed: true`. */
    changed: number;
  };
  /** What one subscriber received meanwhile. */
  events: EventCounts;
  /** Active participants, the most unread first, then by id. */
  unread: UnreadOf[];
  /** Oldest first. */
  samples: SampledMessage[];
  /** From the first request to the last event; reading the report back is not in it. */
  tookMs: number;
}

const unreadRows = 10;

/**
 * Up to `count` places out of 1…`total`, the first and the last among them, evenly spread. The same
 * every time.
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
  // Without styles of its own the library writes colours, into files as well.
  return new Table({
    head: head ?? [],
    style: { head: [], border: [], compact: true },
  });
}
