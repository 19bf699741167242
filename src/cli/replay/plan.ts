import { createHash } from "node:crypto";
import { isId } from "../../foundation/limits.js";
import type { ChatEvent } from "./chat-log.js";

/** One step through the API, in the log's order. `seq` is that of a message, from 1. */
export type Step = { line: number; userId: string } & (
  | { kind: "join" }
  | { kind: "leave" }
  | { kind: "markUpTo"; seq: number }
  | { kind: "send"; seq: number; text: string }
);

/** A chat log as steps through the API. */
export interface ReplayPlan {
  /** The participants from the start, without the observer. */
  initial: string[];
  steps: Step[];
  messages: number;
}

/** A participant under all of their nicks. */
interface Person {
  userId: string;
  isIn: boolean;
  /** The newest message when the person last came in; they see later messages. */
  cameAfterSeq: number;
  /** The newest message that the person saw in an earlier stay; 0 for none. */
  sawBeforeSeq: number;
}

/**
 * Plans the replay of a log. Pure: the same events make the same plan.
 *
 * Before each message, its speaker marks as read every message up to the newest one that they may see,
 * their own included. A speaker who sees no message yet makes no mark.
 *
 * The logs miss most quits. These rules decide who a nick is, where the log leaves it open:
 * - A person who changes their nick stays the same participant. Every nick is an alias of its last
 *   user, also after a change: `jase_`, then `Melbjase`, then `jase_` again are one person.
 * - A nick that is first seen joining comes in at that line. A nick that is first seen speaking,
 *   leaving or changing was there from the start.
 * - A person who has left, and then speaks or changes nick, came back unseen: they join at that line.
 * - A join of a present person, and a part of an absent person, change nothing.
 * - Nicks are unique. Where a person changes to the nick of another present person, the other person
 *   had gone unseen: they leave at that line.
 */
export function planReplay(events: readonly ChatEvent[]): ReplayPlan {
  const initial: string[] = [];
  const steps: Step[] = [];
  const aliases = new Map<string, Person>();
  let newestSeq = 0;

  for (const event of events) {
    switch (event.kind) {
      case "joined":
        come(aliases.get(event.nick) ?? newcomer(event.nick), event.line);
        break;
      case "left":
        leave(aliases.get(event.nick) ?? founder(event.nick), event.line);
        break;
      case "renamed":
        rename(event.from, event.to, event.line);
        break;
      case "message":
        speak(present(event.nick, event.line), event.line, event.text);
        break;
    }
  }
  return { initial, steps, messages: newestSeq };

  function newcomer(nick: string): Person {
    const person: Person = {
      userId: userIdOf(nick),
      isIn: false,
      cameAfterSeq: 0,
      sawBeforeSeq: 0,
    };
    aliases.set(nick, person);
    return person;
  }

  function founder(nick: string): Person {
    const person = newcomer(nick);
    person.isIn = true;
    initial.push(person.userId);
    return person;
  }

  /** The person of a nick that does something only present persons can do. */
  function present(nick: string, line: number): Person {
    const person = aliases.get(nick) ?? founder(nick);
    come(person, line);
    return person;
  }

  function come(person: Person, line: number): void {
    if (person.isIn) return;
    person.isIn = true;
    person.cameAfterSeq = newestSeq;
    steps.push({ kind: "join", line, userId: person.userId });
  }

  function leave(person: Person, line: number): void {
    if (!person.isIn) return;
    person.sawBeforeSeq = newestSeqSeenBy(person);
    person.isIn = false;
    steps.push({ kind: "leave", line, userId: person.userId });
  }

  function rename(from: string, to: string, line: number): void {
    const person = present(from, line);
    const holder = aliases.get(to);
    if (holder && holder !== person) leave(holder, line);
    aliases.set(to, person);
  }

  function speak(person: Person, line: number, text: string): void {
    const { userId } = person;
    const seen = newestSeqSeenBy(person);
    if (seen > 0) steps.push({ kind: "markUpTo", line, userId, seq: seen });
    newestSeq += 1;
    steps.push({ kind: "send", line, userId, seq: newestSeq, text });
  }

  function newestSeqSeenBy(person: Person): number {
    return newestSeq > person.cameAfterSeq ? newestSeq : person.sawBeforeSeq;
  }
}

/**
 * The API's user id of a participant, made of the first nick in the log. The prefix keeps the
 * participants apart from the users of a server that is in use. A nick that cannot be part of an id is
 * replaced by its hash.
 */
export function userIdOf(nick: string): string {
  const id = `irc:${nick}`;
  if (isId(id)) return id;
  return `irc:#${createHash("sha256").update(nick).digest("hex")}`;
}
