import type { EventCounts } from "./subscriber.js";
import { renderTable } from "./table.js";

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
  const totals = [
    ["conversation", report.conversationId],
    ["messages", String(report.messages)],
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
  ];

  const more = report.unread.length - unreadRows;
  const unread = [
    ["participant", "unread"],
    ...report.unread
      .slice(0, unreadRows)
      .map(({ userId, unreadCount }) => [userId, unreadCount]),
    ...(more > 0 ? [[`… and ${String(more)} more`, ""]] : []),
  ];

  const samples = [
    ["seq", "sender", "status", "recipients", "delivered", "read"],
    ...report.samples.map((sample) => [
      sample.seq,
      sample.senderId,
      sample.summaryText,
      sample.totalRecipients,
      sample.deliveredCount,
      sample.readCount,
    ]),
  ];
  return [totals, unread, samples].map(renderTable).join("\n");
}
