import { randomUUID } from "node:crypto";
import { Chat } from "./chat.js";
import { unsentMessageId } from "./message-ids.js";
import type { TestServer } from "./server.js";

/** One line of Prometheus's text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the metrics of a node. */
export async function scrape(url: string | null): Promise<Sample[]> {
  if (url === null) throw new Error("the server needs a METRICS_PORT");
  const response = await fetch(url);
  return (await response.text()).split("\n").flatMap((line) => {
    const [, name, labels = "", value] =
      /^([a-z_:]\w*)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? [];
    return name === undefined
      ? []
      : [{ name, labels: labelsOf(labels), value: Number(value) }];
  });
}

/** The sum of the samples with this name and these labels; 0 where there is none. */
export function sampleOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return samples
    .filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(
          ([label, value]) => sample.labels[label] === value,
        ),
    )
    .reduce((sum, { value }) => sum + value, 0);
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
      ([, name = "", value = ""]) => [name, value],
    ),
  );
}

const markRead = `mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }`;

/** Lets a node do some of everything, over both transports, well and not. */
export async function work(server: TestServer): Promise<void> {
  const chat = new Chat(server);
  await chat.conversation("alice", "bob");
  const { conversationId } = chat;
  const socket = server.connect(chat.id("bob"));
  const follow = `subscription ($id: ID) { messageStatusChanged(conversationId: $id) { cursor } }`;
  const events = socket.subscribe(follow, { id: conversationId });
  const message = await chat.say("alice");
  await chat.get("bob", markRead, { id: message.id });
  await events.next();
  const another = await chat.say("alice");
  await chat.get(
    "bob",
    `mutation ($id: ID!) { markDelivered(input: { messageId: $id }) { changed } }`,
    { id: another.id },
  );
  await events.next();
  await socket.execute(markRead, { id: another.id });
  await socket.execute(markRead, { id: another.id });
  const nowhere = {
    id: unsentMessageId({ conversationId: randomUUID(), seq: 1 }),
  };
  await chat.ask("bob", markRead, nowhere);
  await socket.execute(markRead, nowhere);
  await chat.ask("bob", "{ nothing }");
  await server.post({}, { query: "{ viewer { id } }" });
  const fails = async (query: string, variables = {}) => {
    const refused = socket.subscribe(query, variables);
    await refused.next().catch(() => undefined);
  };
  await fails("{ nothing }");
  await fails(
    `subscription ($id: ID) { messageAdded(conversationId: $id) { cursor } }`,
    { id: randomUUID() },
  );
  const expired = server.connect(chat.id("carol"), { ttlSeconds: -1 });
  await expired.execute("{ viewer { id } }").catch(() => undefined);
  await server.services.hub.sweep();
}
