/** The event in one line of a chat log. Nicks are as written. */
export type ChatEvent = { /** In the log, from 1. */ line: number } & (
  | { kind: "message"; nick: string; text: string }
  | { kind: "joined"; nick: string }
  | { kind: "left"; nick: string }
  | { kind: "renamed"; from: string; to: string }
);

type Said<E> = E extends ChatEvent ? Omit<E, "line"> : never;

// Flag `s`: a text may contain U+2028, which ends a line in JavaScript but not in the log.
const message = /^\[\d{1,2}:\d{2}\]\s+<([^\s<>]+)> ?(.*)$/s;
// The host mask, or the two spaces around a removed mask, stand between nick and verb. The ends are
// strict because an action (`/me has joined a band`) is written as `=== nick has joined a band`.
const joined = /^===\s+(\S+)(?:\s+\[\S*\])?\s+has joined\s+[#&]\S+\s*$/;
const left =
  /^===\s+(\S+)(?:\s+\[\S*\])?\s+has left\s+[#&]\S+(?:\s+\[.*)?\s*$/s;
const quit = /^===\s+(\S+)(?:\s+\[\S*\])?\s+has quit(?:\s+[[(].*)?\s*$/s;
const renamed = /^===\s+(\S+)\s+is now known as\s+(\S+)\s*$/;

/**
 * Reads an IRC log of the Ubuntu channels. Messages are `[HH:MM] <nick> text`; joins, parts, quits and
 * changes of nick are `=== …` lines. Every other line is ignored: modes, topics, and actions
 * (`* nick waves`), which the description of the logs does not count as messages. Never fails.
 *
 * A text keeps its spaces, and loses the carriage returns at the end of its line. Nicks that differ in
 * upper and lower case are different nicks.
 *
 * @returns the events in the order of their lines
 */
export function parseChatLog(log: string): ChatEvent[] {
  const events: ChatEvent[] = [];
  const lines = log.replace(/^\uFEFF/, "").split("\n");
  for (const [index, line] of lines.entries()) {
    const said = parseLine(line.replace(/\r+$/, ""));
    if (said) events.push({ line: index + 1, ...said });
  }
  return events;
}

function parseLine(line: string): Said<ChatEvent> | null {
  const [, speaker, text] = message.exec(line) ?? [];
  if (speaker !== undefined && text !== undefined)
    return { kind: "message", nick: speaker, text };
  const [, comer] = joined.exec(line) ?? [];
  if (comer !== undefined) return { kind: "joined", nick: comer };
  const [, goer] = left.exec(line) ?? quit.exec(line) ?? [];
  if (goer !== undefined) return { kind: "left", nick: goer };
  const [, from, to] = renamed.exec(line) ?? [];
  if (from !== undefined && to !== undefined)
    return { kind: "renamed", from, to };
  return null;
}
