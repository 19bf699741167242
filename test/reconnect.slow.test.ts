import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { Chat } from "./support/chat.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import type { Crowd, Returned } from "./support/returning-sockets.js";
import {
  fromSources,
  post,
  startServerProcess,
} from "./support/server-process.js";
import { startTestServer, testSecret } from "./support/server.js";

// A node dies, and its sockets come to another one, which has work to do.

const cleanups = cleanupsAfterEachTest();

const sockets = 2_000;
const conversations = 20;
const limitMs = 120_000;

const markRead =
  "mutation ($c: ID!, $id: ID!) { bulkMarkRead(input: { conversationId: $c, upToMessageId: $id }) { changed } }";

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
}

it(`${sockets} sockets that come back at once are all served, and others are served meanwhile`, async () => {
  // The node that dies: what its sockets knew is what they go on from.
  const dying = await startTestServer({ SWEEP_MS: "60000" });
  cleanups.push(() => dying.close());
  const chats: { chat: Chat; names: string[]; cursor: string }[] = [];
  for (let c = 0; c < conversations; c++) {
    const chat = new Chat(dying);
    const names = Array.from(
      { length: sockets / conversations },
      (_, i) => `p${String(i)}`,
    );
    await chat.conversation("writer", ...names, "reader");
    await chat.sayMany("writer", 5);
    chats.push({ chat, names, cursor: await chat.cursor("reader") });
  }
  const messages = [];
  for (const { chat } of chats) messages.push(await chat.say("writer"));
  for (const [i, { chat }] of chats.entries())
    if (messages[i]) await chat.read("reader", messages[i]);

  const node = await startServerProcess(fromSources, {
    env: {
      PORT: "0",
      DATABASE_URL: dying.databaseUrl,
      AUTH_JWT_SECRET: testSecret,
      LOG_LEVEL: "silent",
    },
  });
  cleanups.push(() => node.kill());

  // Honest load: people of other conversations who send, and read what was sent, over and over.
  const latencies: { atMs: number; ms: number }[] = [];
  const over = new AbortController();
  const busy = async (i: number) => {
    const chat = new Chat(dying);
    const conversationId = await chat.conversation("ann", "ben");
    const token = (name: string) => dying.token(chat.id(name));
    const [ann, ben] = [await token("ann"), await token("ben")];
    for (let n = 0; !over.signal.aborted; n++) {
      const timed = async <T>(
        who: string,
        text: string,
        variables: Record<string, unknown>,
      ) => {
        const atMs = performance.now();
        const response = await post(node, who, text, variables);
        const answer = (await response.json()) as { data: T | null };
        if (response.status === 200 && answer.data)
          latencies.push({ atMs, ms: performance.now() - atMs });
        return answer.data;
      };
      const sent = await timed<{ sendMessage: { message: { id: string } } }>(
        ann,
        'mutation ($c: ID!, $k: String!) { sendMessage(input: { conversationId: $c, clientId: $k, body: "hi" }) { message { id } } }',
        { c: conversationId, k: `${String(i)}-${String(n)}` },
      );
      if (sent)
        await timed(ben, markRead, {
          c: conversationId,
          id: sent.sendMessage.message.id,
        });
      await sleep(50);
    }
  };
  const load = Promise.all(Array.from({ length: 10 }, (_, i) => busy(i)));
  cleanups.push(() => {
    over.abort();
    return load;
  });
  const metric = async (name: string) => {
    const text = await (await fetch(new URL("/metrics", node.url))).text();
    return Number(
      new RegExp(`^${name}(?:\\{.*\\})? (.+)$`, "m").exec(text)?.[1],
    );
  };
  await expect
    .poll(() => latencies.length, { timeout: 30_000 })
    .toBeGreaterThan(200);
  await metric("nodejs_eventloop_lag_max_seconds");
  const stormMs = performance.now();

  const crowd: Crowd = {
    url: node.url.replace(/^http/, "ws"),
    secret: testSecret,
    users: chats.flatMap(({ chat, names }) =>
      names.map((name) => ({
        id: chat.id(name),
        conversationId: chat.conversationId,
      })),
    ),
    after: Object.fromEntries(
      chats.map(({ chat, cursor }) => [chat.conversationId, cursor]),
    ),
    limitMs,
  };
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "test/support/returning-sockets.ts"],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  child.stdin.write(`${JSON.stringify(crowd)}\n`);
  const gone = once(child, "exit");
  cleanups.push(async () => {
    child.stdin.end();
    await gone;
  });
  let longestStallS = 0;
  const watching = new AbortController();
  const stalls = (async () => {
    while (!watching.signal.aborted) {
      longestStallS = Math.max(
        longestStallS,
        await metric("nodejs_eventloop_lag_max_seconds"),
      );
      await sleep(500);
    }
  })();
  const [line] = (await once(createInterface(child.stdout), "line")) as [
    string,
  ];
  const endMs = performance.now();
  watching.abort();
  over.abort();
  await Promise.all([load, stalls]);
  const { servedMs, closes } = JSON.parse(line) as Returned;

  const of = (isDuring: boolean) =>
    latencies
      .filter(({ atMs }) => (atMs >= stormMs && atMs < endMs) === isDuring)
      .map(({ ms }) => ms)
      .sort((a, b) => a - b);
  const [before, during] = [of(false), of(true)];
  const round = (ms: number) => Math.round(ms);
  console.log(
    JSON.stringify({
      sockets,
      servedMs: {
        p50: round(percentile(servedMs, 0.5)),
        p99: round(percentile(servedMs, 0.99)),
        last: round(percentile(servedMs, 1)),
      },
      closes,
      longestStallMs: round(longestStallS * 1_000),
      othersMs: {
        before: {
          p50: round(percentile(before, 0.5)),
          p99: round(percentile(before, 0.99)),
        },
        during: {
          count: during.length,
          p50: round(percentile(during, 0.5)),
          p99: round(percentile(during, 0.99)),
          last: round(percentile(during, 1)),
        },
      },
    }),
  );
  expect(servedMs).toHaveLength(sockets);
  expect(during.length).toBeGreaterThan(0);
  expect(percentile(during, 0.99)).toBeLessThan(20_000);
  expect(longestStallS).toBeLessThan(10);
}, 300_000);
