import { sql } from "drizzle-orm";
import { execute, parse, type DocumentNode } from "graphql";
import { startPostgresProxy } from "../../test/support/postgres-proxy.js";
import { conversationQueries } from "../../src/domain/conversations/conversation-queries.js";
import { conversationKey } from "../../src/db/conversation-key.js";
import { connect, type Db } from "../../src/db/connect.js";
import { prepare } from "../../src/db/prepare.js";
import { createInProcessBus } from "../../src/bus/in-process-bus.js";
import { operationContext } from "../../src/graphql/context.js";
import { createSchema } from "../../src/graphql/schema.js";
import { statusQueries } from "../../src/domain/receipts/status-queries.js";
import { createServices, type Services } from "../../src/services.js";
import { seedAcked } from "../support/acked-chats.js";
import { interleave } from "../support/rounds.js";
import type { Figure, Scenario } from "../support/scenario.js";
import { median, relativeSpread } from "../support/statistics.js";
import { secret } from "../support/tokens.js";
import { asUser } from "../storage/in-process.js";

const viewer = asUser("viewer");
const conversations = 20;
/** The messages read in each conversation: the first ones in a run, and then single messages. */
const readInARun = 40;
const readSingly = 2;

const document = parse(`{ conversations(first: ${conversations}) { nodes {
  id title unreadCount
  lastMessage { id seq body sentAt sender { id }
    status { overallStatus totalRecipients deliveredCount readCount summaryText } } } } }`);

/** The first screen of a chat app, against the cheapest statement there is. */
export const inbox: Scenario = {
  name: "inbox",
  async run({ size, openDatabase, progress }) {
    const isFull = size === "full";
    const unread = isFull ? 5_000 : 100;
    const database = await openDatabase("inbox");
    // One connection: both go the same way, one statement at a time.
    const proxy = await startPostgresProxy(database.url);
    const direct = connect(database.url, { max: 1 });
    const counted = connect(proxy.url, { max: 1 });
    try {
      await seedAcked(
        database.url,
        Array.from({ length: conversations }, (_, i) => ({
          id: `conversation-${i}`,
          senderId: `friend-${i}`,
          readerIds: ["viewer", "someone"],
          messageCount: readInARun + readSingly + unread,
        })),
      );
      const open = await openInbox(direct.db);
      await readSome(open.services, readInARun + readSingly + unread);
      progress("inbox: seeded");

      const watched = await openInbox(counted.db);
      await watched.read();
      const before = proxy.statements;
      check(await watched.read(), unread);
      const statements = proxy.statements - before;
      watched.services.hub.close();

      const selectOne = prepare<{ key: string }, { title: string | null }>(
        direct.db,
        "bench_one_row",
        sql`select c.title from conversations c where c.key = ${sql.placeholder("key")}`,
      );
      const [whole = [], queries = [], single = []] = await interleave(
        [
          open.read,
          open.statements,
          () => selectOne({ key: conversationKey("conversation-7") }),
        ],
        isFull ? 9 : 3,
        (read) => millisecondsOf(read, isFull ? 100 : 10),
      );
      check(await open.read(), unread);
      open.services.hub.close();

      const total = (conversations * unread).toLocaleString("en");
      const row = (
        figure: string,
        times: readonly number[],
        goal: Figure["goal"],
      ): Figure => ({
        figure,
        value: inMilliseconds(times),
        against: "a single-row select on the same connection",
        peerValue: inMilliseconds(single),
        ratio: median(times) / median(single),
        goal,
      });
      return [
        {
          figure: `inbox of ${conversations} conversations, ${total} unread: statements`,
          value: `${statements}`,
          against: "",
          peerValue: "",
          ratio: statements,
          goal: { kind: "at most", value: 2 },
        },
        row("the inbox: its statements", queries, {
          kind: "at most",
          value: 10,
        }),
        row("the inbox: the whole operation", whole, null),
      ];
    } finally {
      await Promise.all([direct.close(), counted.close()]);
      await proxy.close();
      await database.close();
    }
  },
};

/** The inbox as resolvers make it, and the same statements alone. */
async function openInbox(db: Db) {
  const schema = createSchema();
  const services = await createServices({
    db,
    bus: createInProcessBus(),
    cursorSecret: secret,
    sweepMs: 60_000,
    onError: console.error,
  });
  const { inbox: inboxPage } = conversationQueries(db);
  const { counts } = statusQueries(db);
  const context = operationContext(services, "bench", () => viewer);
  const run = (operation: DocumentNode) =>
    Promise.resolve(
      execute({ schema, document: operation, contextValue: context }),
    );
  return {
    services,
    read: () => run(document),
    async statements() {
      const top = { activeAt: "infinity", conversationId: "" };
      const rows = await inboxPage(viewer.userId, top, conversations + 1);
      const keys = rows.flatMap(({ lastMessage }) =>
        lastMessage ? [{ ...lastMessage, audience: context.audience() }] : [],
      );
      await counts(
        keys,
        keys.map(() => null),
      );
    },
  };
}

/** The viewer reads the oldest in a run, and a few of the others. */
async function readSome(
  { receipts }: Services,
  messageCount: number,
): Promise<void> {
  const gap = Math.floor((messageCount - readInARun) / (readSingly + 1));
  for (let i = 0; i < conversations; i++) {
    const conversationId = `conversation-${i}`;
    const mark = (seq: number, upTo: boolean) =>
      receipts.mark(viewer, "READ", { conversationId, seq }, { upTo });
    await Promise.all([
      mark(readInARun, true),
      ...Array.from({ length: readSingly }, (_, n) =>
        mark(readInARun + (n + 1) * gap, false),
      ),
    ]);
  }
}

/** @throws where the inbox differs from the seeded and read messages */
function check(
  answer: Awaited<ReturnType<typeof execute>>,
  unread: number,
): void {
  const text = JSON.stringify(answer);
  const right = text.match(
    new RegExp(
      `"unreadCount":${unread},"lastMessage":\\{[^{]*\\{[^}]*\\},"status":\\{"overallStatus":"(SENT|PARTIAL)","totalRecipients":2,`,
      "g",
    ),
  );
  if (right?.length !== conversations) throw new Error(`inbox: ${text}`);
}

async function millisecondsOf(
  work: () => Promise<unknown>,
  times: number,
): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < times; i++) await work();
  return (performance.now() - start) / times;
}

function inMilliseconds(times: readonly number[]): string {
  return `${median(times).toFixed(2)} ms (${relativeSpread(times)})`;
}
