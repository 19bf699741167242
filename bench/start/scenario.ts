import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { startEmbeddedPostgres } from "../../packages/embedded-postgres/src/start.js";
import { seedAcked, seededMessageId } from "../support/acked-chats.js";
import type { Figure, Scenario } from "../support/scenario.js";
import { median, relativeSpread } from "../support/statistics.js";
import { bearer } from "../support/tokens.js";
import { program, startNode, type RunningNode } from "./node-process.js";

const messagesInEach = 100;

/** The time from the command until the server is ready, with an embedded Postgres that holds data. */
export const start: Scenario = {
  name: "start",
  async run({ size, progress }) {
    const isFull = size === "full";
    const conversations = isFull ? 500 : 5;
    const dataDir = await mkdtemp(join(tmpdir(), "acked-bench-start-"));
    try {
      const first = await startNode(dataDir);
      await first.end("SIGTERM");
      await fill(dataDir, conversations);
      progress("start: data there");

      let unread = conversations * messagesInEach;
      const timeStart = async (ending: "SIGTERM" | "SIGKILL") => {
        const node = await startNode(dataDir);
        try {
          await readOne(node, unread--);
        } finally {
          await node.end(ending);
        }
        return node.readyMs;
      };
      await timeStart("SIGTERM");
      const afterStop: number[] = [];
      const afterKill: number[] = [];
      for (let round = 0; round < (isFull ? 5 : 1); round++) {
        afterStop.push(await timeStart("SIGKILL"));
        afterKill.push(await timeStart("SIGTERM"));
      }
      const data = (conversations * messagesInEach).toLocaleString("en");
      return [
        row(
          `start to ready (${program.name}), embedded, ${data} messages there`,
          afterStop,
        ),
        row("the same after a kill, which leaves Postgres running", afterKill),
        row("the same for the first time: Postgres is set up", [first.readyMs]),
      ];
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};

/** Conversations that one reader is in, all unread. */
async function fill(dataDir: string, conversations: number): Promise<void> {
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log: () => undefined,
  });
  try {
    await seedAcked(
      postgres.url,
      Array.from({ length: conversations }, (_, i) => ({
        id: `conversation-${i}`,
        senderId: `sender-${i}`,
        readerIds: ["reader"],
        messageCount: messagesInEach,
      })),
    );
  } finally {
    await postgres.stop();
  }
}

const answer = z.object({
  data: z.object({
    viewer: z.object({ unreadCount: z.number() }).optional(),
    markRead: z.object({ changed: z.literal(true) }).optional(),
  }),
});

/**
 * Checks that only the messages marked by earlier starts are read, and marks one more:
 * the next start must find that mark, also after a kill.
 */
async function readOne(node: RunningNode, unread: number): Promise<void> {
  const authorization = await bearer("reader");
  const ask = async (query: string) => {
    const response = await fetch(node.url, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    return answer.parse(await response.json()).data;
  };
  const { viewer } = await ask("{ viewer { unreadCount } }");
  if (viewer?.unreadCount !== unread)
    throw new Error(
      `start: ${viewer?.unreadCount ?? "?"} unread; it should be ${unread}`,
    );
  const id = seededMessageId({
    conversationId: "conversation-0",
    seq: 1 + (unread % messagesInEach),
  });
  await ask(`mutation { markRead(input: { messageId: "${id}" }) { changed } }`);
}

function row(figure: string, times: readonly number[]): Figure {
  const spread = times.length > 1 ? ` (${relativeSpread(times)})` : "";
  return {
    figure,
    value: `${(median(times) / 1_000).toFixed(2)} s${spread}`,
    against: "",
    peerValue: "",
    ratio: null,
    goal: null,
  };
}
