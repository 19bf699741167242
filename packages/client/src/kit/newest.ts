import { at, textOf } from "../untyped.js";

/** An object of an answer or an event, as a cache that adds `__typename` sees it. */
type Fields = Readonly<Record<string, unknown>>;

/** By field: the value, and the number of the event that brought it. */
type KnownFields = Map<
  string,
  { readonly value: unknown; readonly by: number }
>;

/** A request that is under way. */
export interface UnderWay {
  /** The answer, in which everything that events have changed since the request began is as the events say. */
  amend<Data>(answer: Data): Data;
  /** Says that no further answer comes. */
  end(): void;
}

/** What events have said lately. */
export interface NewestEvents {
  /** Says that a query or a mutation was sent. */
  begin(): UnderWay;
  /** Takes an event, and returns what the cache is to have of it. */
  take<Data>(event: Data): Data;
}

/** How many statuses are remembered while no request is under way. */
const maxStatuses = 200;

/** What events have said of entities, and which messages they have added. */
interface Memory {
  readonly known: Map<string, KnownFields>;
  /** By conversation: messages that were added, oldest first. */
  readonly added: Map<string, { message: Fields; by: number }[]>;
}

/**
 * Keeps an older answer from winning over a newer event. The server may have made an answer before an event,
 * though it arrives after it. Such an answer would put 'Sent' back where the truth is 'Read', and nothing would
 * correct it. So what events said since the request began stands in the answer. Where the answer is the newer one
 * after all, its own event is still to come and brings the same.
 *
 * `messageAdded` has a status too, and comes by another subscription than the changes of status: what the changes
 * said stands in it for the same reason.
 */
export function createNewestEvents(): NewestEvents {
  const memory: Memory = { known: new Map(), added: new Map() };
  const underWay = new Set<object>();
  let events = 0;

  function prune(): void {
    if (underWay.size === 0) forgetAllButStatuses(memory);
  }

  return {
    begin() {
      const since = events;
      const mine = {};
      underWay.add(mine);
      return {
        amend: (answer) => amend(memory, answer, since),
        end() {
          underWay.delete(mine);
          prune();
        },
      };
    },
    take(event) {
      events++;
      const message = at(at(event, "messageAdded"), "message");
      const isAdded = isFields(message);
      const taken = isAdded ? amendStatuses(memory, event) : event;
      remember(memory, taken, events);
      if (isAdded) {
        const conversationId = String(at(at(message, "conversation"), "id"));
        const others = memory.added.get(conversationId) ?? [];
        const mine = { message, by: events };
        memory.added.set(conversationId, [...others, mine]);
      }
      prune();
      return taken;
    },
  };
}

function forgetAllButStatuses({ known, added }: Memory): void {
  added.clear();
  for (const key of known.keys()) if (!isStatus(key)) known.delete(key);
  for (const key of known.keys()) {
    if (known.size <= maxStatuses) break;
    known.delete(key);
  }
}

function remember(memory: Memory, value: unknown, by: number): void {
  if (Array.isArray(value))
    for (const each of value as unknown[]) remember(memory, each, by);
  if (!isFields(value)) return;
  const key = keyOf(value);
  for (const [name, field] of Object.entries(value))
    if (isObject(field)) remember(memory, field, by);
    else if (key !== undefined) {
      const fields = memory.known.get(key) ?? (new Map() as KnownFields);
      // The most recent entities are last.
      memory.known.delete(key);
      memory.known.set(key, fields.set(name, { value: field, by }));
    }
}

function amend<T>(memory: Memory, value: T, since: number): T;
function amend(memory: Memory, value: unknown, since: number): unknown {
  if (Array.isArray(value))
    return value.map((each: unknown) => amend(memory, each, since));
  if (!isFields(value)) return value;
  const fields = memory.known.get(keyOf(value) ?? "");
  const amended = Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const newer = fields?.get(name);
      return newer && newer.by > since && !isObject(field)
        ? [name, newer.value]
        : [name, amend(memory, field, since)];
    }),
  );
  return amended["__typename"] === "Conversation"
    ? withAdded(memory, amended, since)
    : amended;
}

/** A conversation with the messages that were added since a request for it began. */
function withAdded(
  { added }: Memory,
  conversation: Fields,
  since: number,
): Fields {
  const { id, lastMessage, messages } = conversation;
  const nodes = at(messages, "nodes");
  const newer = (added.get(String(id)) ?? [])
    .filter(({ by }) => by > since)
    .map(({ message }) => message);
  const fitting = (newest: unknown) =>
    newer.filter(
      (message) =>
        seqOf(message) > seqOf(newest) &&
        Object.keys(newest ?? {}).every((name) => name in message),
    );
  const last = fitting(lastMessage).at(-1);
  const isNewestPage =
    Array.isArray(nodes) &&
    at(at(messages, "pageInfo"), "hasNextPage") === false;
  return {
    ...conversation,
    ...("lastMessage" in conversation && last && { lastMessage: last }),
    ...(isNewestPage && {
      messages: {
        ...(messages as Fields),
        nodes: [...(nodes as unknown[]), ...fitting(nodes.at(-1))],
      },
    }),
  };
}

function amendStatuses<T>(memory: Memory, value: T): T;
function amendStatuses(memory: Memory, value: unknown): unknown {
  if (!isFields(value)) return value;
  const key = keyOf(value) ?? "";
  return isStatus(key)
    ? amend(memory, value, -1)
    : Object.fromEntries(
        Object.entries(value).map(([name, field]) => [
          name,
          amendStatuses(memory, field),
        ]),
      );
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null;

const isFields = (value: unknown): value is Fields =>
  isObject(value) && !Array.isArray(value);

const isStatus = (key: string) => key.startsWith("MessageStatus:");

function keyOf(value: Fields): string | undefined {
  const type = textOf(value["__typename"]);
  const id = textOf(value["id"]);
  return type === undefined || id === undefined ? undefined : `${type}:${id}`;
}

const seqOf = (message: unknown) => Number(at(message, "seq") ?? 0);
