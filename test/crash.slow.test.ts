import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, promisify } from "node:util";
import { createClient, type Client } from "graphql-ws";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { signToken } from "../src/auth/token.js";
import {
  inspectProcess,
  isRunning,
  type RunningProcess,
} from "../src/embedded-postgres/process.js";
import {
  startServerProcess,
  type ServerProcess,
} from "./support/server-process.js";
import { testSecret } from "./support/server.js";

// The server as it is shipped, killed while it works, again and again. What it had acknowledged is
// there afterwards, once; who was subscribed goes on as if nothing had happened (R10, R16, R17, R22).

const rounds = Number(process.env["ACKED_CRASH_ROUNDS"] ?? 10);
/** How much is acknowledged between two kills. */
const acksPerRound = 400;
const clientCount = 50;
const conversationCount = 5;
const limitMs = 230_000;
const retryMs = 25;

const root = fileURLToPath(new URL("..", import.meta.url));
const build = join(root, "node_modules/.cache/acked-crash-test");
let dataDir = "";
let server: ServerProcess | null = null;

beforeAll(async () => {
  await rm(build, { recursive: true, force: true });
  await mkdir(build, { recursive: true });
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const out = join(build, "dist");
  const project = join(root, "tsconfig.build.json");
  await promisify(execFile)(
    process.execPath,
    [tsc, "-p", project, "--outDir", out],
    { cwd: root },
  );
  for (const part of ["drizzle", "schema", "package.json"])
    await cp(join(root, part), join(build, part), { recursive: true });
  dataDir = await mkdtemp(join(tmpdir(), "acked-crash-"));
}, 120_000);

afterAll(async () => {
  server?.process.kill("SIGKILL");
  const postgres = await findPostgres();
  if (postgres) {
    process.kill(postgres.pid, "SIGQUIT");
    while (await isRunning(postgres)) await delay(20);
  }
  await rm(dataDir, { recursive: true, force: true });
});

/** Starts the built server on the data directory. */
function start(): Promise<ServerProcess> {
  return startServerProcess([join(build, "dist/main.js"), "serve"], {
    cwd: build,
    env: {
      PORT: "0",
      DATA_DIR: dataDir,
      DEMO: "false",
      LOG_LEVEL: "warn",
      AUTH_JWT_SECRET: testSecret,
    },
  });
}

/** The first process of the data directory's Postgres; null when there is none. */
async function findPostgres(): Promise<RunningProcess | null> {
  const file = join(dataDir, "postgres/postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => "");
  const found = await inspectProcess(Number.parseInt(text) || 0);
  return found?.command.includes(dataDir) ? found : null;
}

/** Somebody's socket: it finds the server again wherever it went. */
function createDevice(userId: string): Client {
  return createClient({
    url: () => {
      if (!server) throw new Error("no server");
      return server.url.replace("http", "ws");
    },
    webSocketImpl: WebSocket,
    lazyCloseTimeout: 1_000,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: () => delay(retryMs),
    connectionParams: async () => ({
      authorization: `Bearer ${await tokenOf(userId)}`,
    }),
  });
}

const tokenOf = (userId: string) =>
  signToken(testSecret, { userId, ttlSeconds: 3_600 });

/** One attempt: the answer, or nothing where it was lost or refused. */
type Ask = (
  query: string,
  variables: Record<string, unknown>,
) => Promise<Record<string, unknown> | null>;

/** Asks over a socket; what is under way when it breaks is lost, and may or may not have happened. */
function overSocket(userId: string): { ask: Ask; close: () => Promise<void> } {
  const client = createClient({
    url: () => server?.url.replace("http", "ws") ?? "ws://127.0.0.1:1",
    webSocketImpl: WebSocket,
    lazyCloseTimeout: 10_000,
    retryAttempts: 0,
    connectionParams: async () => ({
      authorization: `Bearer ${await tokenOf(userId)}`,
    }),
  });
  return {
    async ask(query, variables) {
      try {
        for await (const { data, errors } of client.iterate({
          query,
          variables,
        })) {
          if (errors) expectToBePassing(errors);
          return errors ? null : (data ?? null);
        }
      } catch (error) {
        if (error instanceof Error && error.name === "AssertionError")
          throw error;
      }
      return null;
    },
    close: async () => client.dispose(),
  };
}

/** Asks over HTTP. */
function overHttp(userId: string): { ask: Ask; close: () => Promise<void> } {
  return {
    async ask(query, variables) {
      const authorization = `Bearer ${await tokenOf(userId)}`;
      const answer = await fetch(server?.url ?? "http://127.0.0.1:1", {
        method: "POST",
        headers: { "content-type": "application/json", authorization },
        body: JSON.stringify({ query, variables }),
      })
        .then((response) => response.json() as Promise<HttpAnswer>)
        .catch(() => null);
      if (answer?.errors) expectToBePassing(answer.errors);
      return answer?.errors ? null : (answer?.data ?? null);
    },
    close: () => Promise.resolve(),
  };
}

interface HttpAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions?: { code?: unknown } }[];
}

/** While the server comes and goes, UNAVAILABLE is the only excuse. */
function expectToBePassing(
  errors: readonly { readonly extensions?: { code?: unknown } }[],
): void {
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(
    errors.map(() => "UNAVAILABLE"),
  );
}

interface Conversation {
  readonly id: string;
  readonly participants: readonly string[];
  /** Messages that were acknowledged, by client id. */
  readonly sent: Map<string, { id: string; seq: number; senderId: string }>;
  /** `<seq> <user>` of every acknowledged mark, with what it made of the message. */
  readonly marked: Map<string, "DELIVERED" | "READ">;
  /** Acknowledged marks of all messages up to one. */
  readonly upTo: {
    readonly userId: string;
    readonly seq: number;
    readonly kind: "DELIVERED" | "READ";
  }[];
}

const sendDocument = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { id seq } duplicate }
}`;
const markDocuments = {
  DELIVERED: `mutation ($id: ID!) { markDelivered(input: { messageId: $id }) { changed } }`,
  READ: `mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }`,
};
const upToDocuments = {
  DELIVERED: `mutation ($conversation: ID!, $id: ID!) {
    bulkMarkDelivered(input: { conversationId: $conversation, upToMessageId: $id }) { changed }
  }`,
  READ: `mutation ($conversation: ID!, $id: ID!) {
    bulkMarkRead(input: { conversationId: $conversation, upToMessageId: $id }) { changed }
  }`,
};

/** What all clients have been told so far. */
const counts = { acks: 0, retries: 0, duplicates: 0 };

/** Someone who sends and marks, each time until it is acknowledged, until told to stop. */
async function work(
  userId: string,
  { ask }: { ask: Ask },
  conversation: Conversation,
  random: () => number,
  stop: AbortSignal,
): Promise<void> {
  const insist = async (query: string, variables: Record<string, unknown>) => {
    for (;;) {
      const answer = await ask(query, variables);
      if (answer) {
        counts.acks++;
        return answer;
      }
      counts.retries++;
      await delay(retryMs);
    }
  };
  while (!stop.aborted) {
    const known = [...conversation.sent.values()];
    const choice = random();
    const message = known[Math.floor(random() * known.length)];
    if (choice < 0.3 || !message) {
      const clientId = randomUUID();
      const input = {
        conversationId: conversation.id,
        clientId,
        body: `by ${userId}`,
      };
      const { sendMessage } = (await insist(sendDocument, { input })) as {
        sendMessage: {
          message: { id: string; seq: number };
          duplicate: boolean;
        };
      };
      if (sendMessage.duplicate) counts.duplicates++;
      conversation.sent.set(clientId, {
        ...sendMessage.message,
        senderId: userId,
      });
      continue;
    }
    const kind = random() < 0.5 ? "DELIVERED" : "READ";
    if (choice < 0.95) {
      await insist(markDocuments[kind], { id: message.id });
      const key = `${message.seq} ${userId}`;
      if (kind === "READ" || !conversation.marked.has(key))
        conversation.marked.set(key, kind);
    } else {
      // Of the older ones, so that there is always something left to mark.
      const older = known[Math.floor(random() * known.length * 0.3)] ?? message;
      await insist(upToDocuments[kind], {
        conversation: conversation.id,
        id: older.id,
      });
      conversation.upTo.push({ userId, seq: older.seq, kind });
    }
  }
}

/** Of each message and recipient, when they got it and when they read it. */
type Receipts = Map<string, { deliveredAt: string; readAt: string | null }>;

interface Change {
  readonly cursor: string;
  readonly reset: boolean;
  readonly receipts: readonly {
    readonly kind: "DELIVERED" | "READ";
    readonly at: string;
    readonly fromSeq: number;
    readonly toSeq: number;
    readonly participant: { readonly user: { readonly id: string } };
  }[];
  readonly messages: readonly {
    readonly seq: number;
    readonly status: Status;
  }[];
}

interface Status {
  readonly overallStatus: string;
  readonly deliveredCount: number;
  readonly readCount: number;
  readonly summaryText: string;
}

const statusFields = "overallStatus deliveredCount readCount summaryText";

/** Someone who follows a conversation from its beginning, over every restart. */
function follow(conversation: Conversation, userId: string) {
  const client = createDevice(userId);
  const receipts: Receipts = new Map();
  const statuses = new Map<number, Status>();
  const seqs: number[] = [];
  const told = { changes: 0, sockets: 0 };
  const wrong: string[] = [];
  let statusCursor = "";
  let messageCursor = "";
  client.on("connected", () => told.sockets++);

  const take = (change: Change) => {
    told.changes++;
    if (change.reset) wrong.push("a reset");
    statusCursor = change.cursor;
    for (const wanted of ["DELIVERED", "READ"] as const)
      for (const { kind, at, fromSeq, toSeq, participant } of change.receipts)
        for (let seq = fromSeq; kind === wanted && seq <= toSeq; seq++) {
          const key = `${seq} ${participant.user.id}`;
          const known = receipts.get(key);
          receipts.set(key, {
            deliveredAt: known?.deliveredAt ?? at,
            readAt: known?.readAt ?? (kind === "READ" ? at : null),
          });
        }
    for (const { seq, status } of change.messages) {
      const before = statuses.get(seq);
      if (
        before &&
        (status.deliveredCount < before.deliveredCount ||
          status.readCount < before.readCount)
      )
        wrong.push(`message ${seq} went back`);
      statuses.set(seq, status);
    }
  };
  const subscribe = <T>(
    query: string,
    after: () => string,
    next: (data: T) => void,
  ) =>
    client.subscribe<T>(
      {
        query,
        // Read anew each time that the socket is opened.
        get variables() {
          return { id: conversation.id, after: after() };
        },
      },
      {
        next: ({ data, errors }) => {
          if (data) next(data);
          else wrong.push(JSON.stringify(errors));
        },
        error: (error) => wrong.push(String(error)),
        complete: () => undefined,
      },
    );

  return {
    userId,
    conversation,
    receipts,
    statuses,
    seqs,
    told,
    wrong,
    begin(cursor: string) {
      statusCursor = messageCursor = cursor;
      subscribe<{ messageStatusChanged: Change }>(
        `subscription ($id: ID, $after: Cursor) {
          messageStatusChanged(conversationId: $id, after: $after) {
            cursor reset
            receipts { kind at fromSeq toSeq participant { user { id } } }
            messages(last: 100) { seq status { ${statusFields} } }
          }
        }`,
        () => statusCursor,
        ({ messageStatusChanged }) => {
          take(messageStatusChanged);
        },
      );
      subscribe<{
        messageAdded: { cursor: string; message: { seq: number } };
      }>(
        `subscription ($id: ID, $after: Cursor) {
          messageAdded(conversationId: $id, after: $after) { cursor message { seq } }
        }`,
        () => messageCursor,
        ({ messageAdded: { cursor, message } }) => {
          messageCursor = cursor;
          seqs.push(message.seq);
        },
      );
    },
    close: async () => client.dispose(),
  };
}

interface StoredMessage {
  readonly id: string;
  readonly clientId: string;
  readonly seq: number;
  readonly sender: { readonly id: string };
  readonly status: Status & {
    readonly recipients: {
      readonly nodes: readonly {
        readonly user: { readonly id: string };
        readonly state: string;
        readonly deliveredAt: string | null;
        readonly readAt: string | null;
      }[];
    };
  };
}

/** What a fresh query tells of a conversation. */
async function readAll(
  { id }: Conversation,
  userId: string,
): Promise<StoredMessage[]> {
  const { ask } = overHttp(userId);
  const messages: StoredMessage[] = [];
  for (let after: string | null = null; ;) {
    const page = (await ask(
      `query ($id: ID!, $after: Cursor) {
        conversation(id: $id) {
          messages(first: 100, after: $after) {
            nodes {
              id clientId seq sender { id }
              status { ${statusFields} recipients(first: 50) { nodes { user { id } state deliveredAt readAt } } }
            }
            pageInfo { hasNextPage endCursor }
          }
        }
      }`,
      { id, after },
    )) as {
      conversation: {
        messages: {
          nodes: StoredMessage[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
      };
    } | null;
    if (!page) throw new Error("the server does not answer");
    const { nodes, pageInfo } = page.conversation.messages;
    messages.push(...nodes);
    if (!pageInfo.hasNextPage) return messages;
    after = pageInfo.endCursor;
  }
}

function receiptsOf(messages: readonly StoredMessage[]): Receipts {
  return new Map(
    messages.flatMap(({ seq, status }) =>
      status.recipients.nodes.flatMap(({ user, deliveredAt, readAt }) =>
        deliveredAt === null
          ? []
          : [[`${seq} ${user.id}`, { deliveredAt, readAt }] as const],
      ),
    ),
  );
}

/** What was folded, without the recipients' own messages: a receipt's run may stretch over these. */
function withoutOwn(
  receipts: Receipts,
  messages: readonly StoredMessage[],
): Receipts {
  const own = new Set(messages.map(({ seq, sender }) => `${seq} ${sender.id}`));
  return new Map([...receipts].filter(([key]) => !own.has(key)));
}

/** Numbers that are the same in each run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

async function begin(participants: readonly string[]): Promise<{
  conversation: Conversation;
  cursor: string;
}> {
  const [owner = "", ...participantIds] = participants;
  const answer = (await overHttp(owner).ask(
    `mutation ($input: CreateConversationInput!) {
      createConversation(input: $input) { conversation { id cursor } }
    }`,
    { input: { participantIds } },
  )) as {
    createConversation: { conversation: { id: string; cursor: string } };
  } | null;
  if (!answer) throw new Error("the server does not answer");
  const { id, cursor } = answer.createConversation.conversation;
  const conversation = {
    id,
    participants,
    sent: new Map(),
    marked: new Map(),
    upTo: [],
  };
  return { conversation, cursor };
}

it(
  `R10, R16, R17, R22: killed ${rounds} times under the load of ${clientCount} clients, it loses nothing that it acknowledged, stores nothing twice, and subscribers end up with what is there`,
  { timeout: limitMs },
  async ({ annotate }) => {
    server = await start();
    const users = Array.from({ length: clientCount }, (_, i) => `user-${i}`);
    const conversations: Conversation[] = [];
    const followers: ReturnType<typeof follow>[] = [];
    for (let i = 0; i < conversationCount; i++) {
      const { conversation, cursor } = await begin(
        users.filter((_, u) => u % conversationCount === i),
      );
      conversations.push(conversation);
      for (const userId of conversation.participants.slice(0, 2)) {
        const follower = follow(conversation, userId);
        follower.begin(cursor);
        followers.push(follower);
      }
    }

    const stop = new AbortController();
    const devices = users.map((userId, i) =>
      i % 5 === 4 ? overHttp(userId) : overSocket(userId),
    );
    const working = Promise.all(
      users.map((userId, i) =>
        work(
          userId,
          devices[i] as (typeof devices)[number],
          conversations[i % conversationCount] as Conversation,
          randomFrom(i + 1),
          stop.signal,
        ),
      ),
    );
    let failure: unknown = null;
    working.catch((error: unknown) => (failure = error));

    const restartsMs: number[] = [];
    const random = randomFrom(42);
    for (let round = 0; round < rounds; round++) {
      const enough = counts.acks + acksPerRound * (0.5 + random());
      while (counts.acks < enough && !failure) await delay(1);
      if (failure) await working;
      server.process.kill("SIGKILL");
      expect(await server.ended).toEqual([null, "SIGKILL"]);
      expect(await findPostgres()).not.toBeNull();
      const startedAt = performance.now();
      server = await start();
      restartsMs.push(performance.now() - startedAt);
    }
    const enough = counts.acks + acksPerRound;
    while (counts.acks < enough && !failure) await delay(1);
    stop.abort();
    await working;

    let stored = 0;
    for (const conversation of conversations) {
      const { sent, marked, upTo, participants } = conversation;
      const messages = await readAll(conversation, participants[0] ?? "");
      stored += messages.length;
      // Every acknowledged message, once, under the seq that it was acknowledged with, and no other.
      expect(messages.map(({ seq }) => seq)).toEqual(
        messages.map((_, i) => i + 1),
      );
      expect(messages).toHaveLength(sent.size);
      expect(
        new Map(
          messages.map(({ clientId, id, seq, sender }) => [
            clientId,
            { id, seq, senderId: sender.id },
          ]),
        ),
      ).toEqual(sent);
      // Every acknowledged mark, and no other.
      const found = new Map<string, string>();
      const owed = new Map<string, string>();
      for (const { seq, sender, status } of messages) {
        for (const { user, state } of status.recipients.nodes)
          found.set(`${seq} ${user.id}`, state);
        for (const userId of participants) {
          if (userId === sender.id) continue;
          const key = `${seq} ${userId}`;
          const kinds = upTo
            .filter((mark) => mark.userId === userId && mark.seq >= seq)
            .map(({ kind }) => kind);
          const state = [...kinds, marked.get(key)];
          owed.set(
            key,
            state.includes("READ")
              ? "READ"
              : state.includes("DELIVERED")
                ? "DELIVERED"
                : "PENDING",
          );
        }
      }
      expect(found).toEqual(owed);

      for (const follower of followers) {
        if (follower.conversation !== conversation) continue;
        const { receipts, statuses, seqs, wrong, told } = follower;
        const fresh = receiptsOf(messages);
        const deadline = Date.now() + 10_000;
        while (
          !(
            isDeepStrictEqual(withoutOwn(receipts, messages), fresh) &&
            seqs.length >= messages.length
          ) &&
          Date.now() < deadline
        )
          await delay(20);
        expect(wrong).toEqual([]);
        expect(withoutOwn(receipts, messages)).toEqual(fresh);
        // In order, none missing, none twice, over all the sockets that there were.
        expect(seqs).toEqual(messages.map(({ seq }) => seq));
        const newest = [...statuses].filter(
          ([seq]) => seq > messages.length - 100,
        );
        for (const [seq, status] of newest)
          expect(messages[seq - 1]?.status).toMatchObject(status);
        expect(told.sockets).toBeGreaterThan(rounds);
      }
    }
    const events = followers.reduce((sum, { told }) => sum + told.changes, 0);
    await annotate(
      `${counts.acks} acknowledged over ${rounds} kills, ${counts.retries} lost and tried again, ` +
        `${counts.duplicates} of them had been stored; ${stored} messages; ` +
        `${events} changes to ${followers.length} subscribers; ` +
        `restarts ${Math.round(Math.min(...restartsMs))} to ${Math.round(Math.max(...restartsMs))} ms`,
    );
    await Promise.all([...devices, ...followers].map(({ close }) => close()));

    // And it stops in order: by itself, in time, and its Postgres with it.
    const postgres = (await findPostgres()) as RunningProcess;
    expect(postgres).not.toBeNull();
    const stoppedAt = performance.now();
    server.process.kill("SIGTERM");
    expect(await server.ended).toEqual([0, null]);
    expect(performance.now() - stoppedAt).toBeLessThan(10_000);
    expect(await isRunning(postgres)).toBe(false);
    expect(await findPostgres()).toBeNull();
    server = null;
  },
);
