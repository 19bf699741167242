import { createHash } from "node:crypto";
import type { ChatEvent } from "./chat-log.js";

/** One thing to do through the API, in the log's order. `seq` is a message's place, from 1. */
export type Step = { line: number; userId: string } & (
  | { kind: "join" }
  | { kind: "leave" }
  | { kind: "markUpTo"; seq: number }
  | { kind: "send"; seq: number; text: string }
);

/** What a chat log comes to in terms of the API. */
export interface ReplayPlan {
  /** In the conversation from the start; the observer is not among them. */
  initial: string[];
  steps: Step[];
  messages: number;
}

/** Someone who takes part, whatever their nick is at the moment. */
interface Person {
  userId: string;
  isIn: boolean;
  /** The newest message when they last came in: what came after it, they see. */
  cameAfterSeq: number;
  /** The newest message they saw in an earlier stay; 0 for none. */
  sawBeforeSeq: number;
}

/**
 * Plans the replay of a log. Pure: the same events make the same plan.
 *
 * Before each message its speaker marks as read everything up to the newest message that they may
 * see, their own included; where they see none yet, there is no mark.
 *
 * Who is who, where the log leaves it open (the logs miss most quits):
 * - Whoever changes their nick stays the same participant. Every nick is an alias that leads to its
 *   last user, and stays one after a change: `jase_`, then `Melbjase`, then `jase_` again is one.
 * - A nick that is first seen joining comes in there; one first seen speaking, leaving or changing
 *   was there from the start.
 * - Who is known to have left and then speaks or changes nick came back unseen: they join there.
 * - A join of someone in, and a part of someone not in, change nothing.
 * - A change to a nick of someone else who is in: nicks are unique, so that one had gone unseen,
 *   and leaves there.
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

  /** Whoever does what only someone in the channel can do. */
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
 * The API's user id for a participant, by the first nick they were seen under. The prefix keeps a
 * replay into a server that is in use away from its users. A nick that makes no id (too long, or
 * with control characters) is named by its hash.
 */
export function userIdOf(nick: string): string {
  const id = `irc:${nick}`;
  if (id.length <= 128 && !/\p{C}/u.test(id)) return id;
  return `irc:#${createHash("sha256").update(nick).digest("hex")}`;
}
