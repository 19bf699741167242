import { randomUUID } from "node:crypto";
import { atRate } from "../../bench/latency/open-loop.js";
import { GraphqlSocket } from "../../bench/support/graphql-socket.js";
import { takeTasks, type HonestFigures, type Start } from "./talk.js";

// The honest clients: a few people who talk, mark and look, over HTTP and over sockets, at a rate of their
// own. What makes them late counts: a request begins at the moment that it was due.

/** Requests of all honest clients together, each second. */
const perSecond = 20;

/** An answer that takes longer counts as none, in milliseconds. */
const patienceMs = 60_000;

const documents = {
  send: `mutation ($id: ID!, $clientId: String!) {
    sendMessage(input: { conversationId: $id, clientId: $clientId, body: "how are you?" }) { message { id seq } }
  }`,
  mark: `mutation ($messageId: ID!) { markRead(input: { messageId: $messageId }) { changed cursor } }`,
  look: `query ($id: ID!) {
    conversation(id: $id) { cursor unreadCount messages(last: 20) { nodes { id seq body status { overallStatus summaryText } } } }
  }`,
  follow: `subscription ($id: ID!) {
    messageStatusChanged(conversationId: $id) { cursor messageCount receipts { kind fromSeq toSeq } }
  }`,
};

interface Person {
  readonly authorization: string;
  readonly conversationId: string;
  socket: GraphqlSocket | null;
  newest: string | null;
}

takeTasks<HonestFigures>(async ({ url, tokens, conversations }: Start) => {
  const { host } = new URL(url);
  const people: Person[] = Object.values(tokens).map((token, i) => ({
    authorization: `Bearer ${token}`,
    conversationId: conversations[i % conversations.length] ?? "",
    socket: null,
    newest: null,
  }));
  let taken: number[] = [];
  let refused: Record<string, number> = {};

  const connect = async (person: Person) => {
    const socket = await GraphqlSocket.open(host, person.authorization);
    socket.listen(
      documents.follow,
      JSON.stringify({ id: person.conversationId }),
      (event) => {
        if (event.includes('"errors"')) refuse(new Error(event));
      },
    );
    person.socket = socket;
  };
  const refuse = (error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    const [reason = text] =
      /[A-Z]{3,}_?[A-Z_]+|closed with \d+/.exec(text) ?? [];
    refused[reason.slice(0, 80)] = (refused[reason.slice(0, 80)] ?? 0) + 1;
  };

  async function byHttp(
    person: Person,
    query: string,
    variables: object,
  ): Promise<string> {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: person.authorization,
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(patienceMs),
    });
    const text = await response.text();
    if (response.status !== 200 || text.includes('"errors"'))
      throw new Error(text);
    return text;
  }

  async function act(person: Person): Promise<void> {
    const { conversationId: id } = person;
    const draw = Math.random();
    if (draw < 0.2 || person.newest === null) {
      const text = await byHttp(person, documents.send, {
        ...{ id, clientId: randomUUID() },
      });
      const [, sent = null] = /"id":"([^"]+)"/.exec(text) ?? [];
      for (const other of people)
        if (other.conversationId === id) other.newest = sent;
    } else if (draw < 0.5)
      await byHttp(person, documents.mark, { messageId: person.newest });
    else if (draw < 0.7) await byHttp(person, documents.look, { id });
    else
      await person.socket?.execute(
        documents.mark,
        JSON.stringify({ messageId: person.newest }),
      );
  }

  await Promise.all(people.map(connect));
  return async ({ seconds }) => {
    taken = [];
    refused = {};
    let turn = 0;
    await atRate(perSecond, seconds * 1_000, async (dueMs) => {
      const person = people[turn++ % people.length];
      if (!person) return;
      try {
        await act(person);
        taken.push(performance.now() - dueMs);
      } catch (error) {
        refuse(error);
        if (String(error).includes("socket"))
          await connect(person).catch(() => undefined);
      }
    });
    const sorted = taken.toSorted((a, b) => a - b);
    const at = (share: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ??
      0;
    return {
      answered: sorted.length,
      ...{ p50: at(0.5), p99: at(0.99), longest: sorted.at(-1) ?? 0 },
      refused,
    };
  };
});
