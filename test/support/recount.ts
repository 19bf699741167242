import type { ChatEvent } from "../../src/cli/replay/chat-log.js";

/**
 * The state that a replayed log must lead to, counted as simply as possible: a row for each message
 * and recipient, no sets of seqs, no API. Of `src/` it imports the events alone, so that a mistake in
 * the plan, the replay or the server is not repeated here. It is slow on purpose.
 */
export interface Recount {
  messages: RecountedMessage[];
  /** Unread per participant who is in at the end, by the first nick they were seen under. */
  unread: Map<string, number>;
  /** Everyone who ever took part. */
  participants: number;
  marks: {
    /** Messages whose speaker had seen any message. */
    sent: number;
    /** Messages whose speaker read another message by sending. */
    changed: number;
  };
}

/** One message at the end. */
export interface RecountedMessage {
  seq: number;
  sender: string;
  text: string;
  overallStatus: "SENT" | "PARTIAL" | "DELIVERED" | "READ";
  summaryText: string;
  totalRecipients: number;
  deliveredCount: number;
  readCount: number;
}

interface Person {
  name: string;
  /** Every nick that still means this person. */
  nicks: Set<string>;
  isIn: boolean;
}

/** The state of one message at one recipient. */
interface Row {
  isRead: boolean;
}

interface Sent {
  sender: Person;
  text: string;
  /** Of those who were in when it was sent, without its sender (R1, R4). */
  rows: Map<Person, Row>;
}

/**
 * Counts a log. Nicks stand for people as `planReplay` documents it, written here a second time: see
 * `wasThereFromTheStart` and `applyTo`.
 *
 * @param observers people without a nick who are in from the start and read nothing
 */
export function recount(
  events: readonly ChatEvent[],
  observers: readonly string[] = [],
): Recount {
  const people: Person[] = observers.map((name) => ({
    name,
    nicks: new Set<string>(),
    isIn: true,
  }));
  for (const nick of wasThereFromTheStart(events))
    people.push({ name: nick, nicks: new Set([nick]), isIn: true });

  const sent: Sent[] = [];
  const marks = { sent: 0, changed: 0 };
  for (const event of events) {
    const speaker = applyTo(people, event);
    if (speaker === null || event.kind !== "message") continue;
    const mark = readAll(sent, speaker);
    if (mark.sawAny) marks.sent += 1;
    if (mark.readAny) marks.changed += 1;
    sent.push(messageTo(people, speaker, event.text));
  }

  const unread = new Map<string, number>();
  for (const person of people) {
    if (!person.isIn) continue;
    let count = 0; // R14
    for (const { rows } of sent)
      if (rows.get(person)?.isRead === false) count += 1;
    unread.set(person.name, count);
  }
  return {
    messages: sent.map(statusOf),
    unread,
    participants: people.length,
    marks,
  };
}

/** Nicks that the log mentions for the first time as doing what takes being in the channel. */
function wasThereFromTheStart(events: readonly ChatEvent[]): string[] {
  const mentioned = new Set<string>();
  const there: string[] = [];
  for (const event of events) {
    const actor = event.kind === "renamed" ? event.from : event.nick;
    if (!mentioned.has(actor) && event.kind !== "joined") there.push(actor);
    mentioned.add(actor);
    if (event.kind === "renamed") mentioned.add(event.to);
  }
  return there;
}

/**
 * Moves people in and out.
 *
 * @returns the person who acted
 */
function applyTo(people: Person[], event: ChatEvent): Person | null {
  const actorNick = event.kind === "renamed" ? event.from : event.nick;
  let actor = people.find(({ nicks }) => nicks.has(actorNick));
  if (!actor) {
    actor = { name: actorNick, nicks: new Set([actorNick]), isIn: false };
    people.push(actor);
  }
  actor.isIn = event.kind !== "left";
  if (event.kind === "renamed") {
    for (const other of people) {
      if (other === actor || !other.nicks.delete(event.to)) continue;
      other.isIn = false;
    }
    actor.nicks.add(event.to);
  }
  return actor;
}

/** Marks as read, for a speaker, the earlier messages that they were there for (R3, R8). */
function readAll(
  sent: readonly Sent[],
  speaker: Person,
): { sawAny: boolean; readAny: boolean } {
  let sawAny = false;
  let readAny = false;
  for (const { sender, rows } of sent) {
    const row = rows.get(speaker);
    if (row || sender === speaker) sawAny = true;
    if (!row || row.isRead) continue;
    row.isRead = true;
    readAny = true;
  }
  return { sawAny, readAny };
}

function messageTo(
  people: readonly Person[],
  sender: Person,
  text: string,
): Sent {
  const rows = new Map<Person, Row>();
  for (const person of people)
    if (person.isIn && person !== sender) rows.set(person, { isRead: false });
  return { sender, text, rows };
}

/** Counts the people who were in when it was sent and are in now (R1). A read message is delivered (R6). */
function statusOf(
  { sender, text, rows }: Sent,
  index: number,
): RecountedMessage {
  const counted = [...rows].filter(([{ isIn }]) => isIn);
  const total = counted.length;
  const read = counted.filter(([, { isRead }]) => isRead).length;
  return {
    seq: index + 1,
    sender: sender.name,
    text,
    overallStatus: overallStatus(total, read),
    summaryText: summaryText(total, read),
    totalRecipients: total,
    deliveredCount: read,
    readCount: read,
  };
}

/** R5, R11. No status is DELIVERED: nothing is delivered here without being read. */
function overallStatus(
  total: number,
  read: number,
): RecountedMessage["overallStatus"] {
  if (read === 0) return "SENT";
  return read === total ? "READ" : "PARTIAL";
}

/** R5, R12. */
function summaryText(total: number, read: number): string {
  if (read === 0) return "Sent";
  if (total === 1) return "Read";
  return read === total
    ? "Read by all"
    : `Read by ${String(read)} of ${String(total)}`;
}
