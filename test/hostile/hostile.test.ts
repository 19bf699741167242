import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seedAcked } from "../../bench/support/acked-chats.js";
import {
  startWatchedServer,
  type WatchedServer,
} from "../support/watched-server.js";
import { LoadProcess } from "./load-process.js";
import { strangers } from "./strangers.js";
import {
  honestFigures,
  hostileFigures,
  type HonestFigures,
  type HostileFigures,
} from "./talk.js";
import { users } from "./users.js";

// Honest clients before, during and after everything hostile that is known, all at once. HOSTILE_SECONDS says
// for how long; HOSTILE_KINDS, a list with semicolons, turns single kinds on.

const seconds = Number(process.env["HOSTILE_SECONDS"] ?? 600);
const kinds =
  process.env["HOSTILE_KINDS"]?.split(";").map((name) => name.trim()) ??
  Object.keys({ ...strangers, ...users });

/** An honest p99 may be so many times that of before. A shorter run has too few answers for a p99. */
const slower = 3;
const shortestForP99 = 300;

/** What may be held after the load that was not held before it, in MB. Caches are allowed to be full. */
const keptMb = 128;

/** The size of what hostile users are in: the inbox of the table. */
const chats = { count: 20, messages: 100, readers: 500 };

let server: WatchedServer;
let honest: LoadProcess<HonestFigures>;
let hostile: LoadProcess<HostileFigures>;

beforeAll(async () => {
  server = await startWatchedServer();
  const tokensOf = async (names: readonly string[]) =>
    Object.fromEntries(
      await Promise.all(
        names.map(async (name) => [name, await server.token(name)] as const),
      ),
    );
  const people = Array.from({ length: 8 }, (_, i) => `honest-${i}`);
  const conversations = [0, 1, 2, 3].map((i) => ({
    id: randomUUID(),
    senderId: people[i] ?? "",
    readerIds: [people[i + 4] ?? ""],
    messageCount: 50,
  }));
  const foes = Array.from({ length: 4 }, (_, i) => `hostile-${i}`);
  const crowd = Array.from({ length: chats.readers }, (_, i) => `crowd-${i}`);
  const own = Array.from({ length: chats.count }, () => ({
    id: randomUUID(),
    senderId: foes[0] ?? "",
    readerIds: [...foes.slice(1), ...crowd],
    messageCount: chats.messages,
  }));
  await seedAcked(server.databaseUrl, [...conversations, ...own]);
  honest = await LoadProcess.start(
    new URL("honest.ts", import.meta.url),
    honestFigures,
    {
      url: server.url,
      tokens: await tokensOf(people),
      conversations: conversations.map(({ id }) => id),
    },
  );
  // The load's own work must not be what makes the honest wait.
  hostile = await LoadProcess.start(
    new URL("hostile.ts", import.meta.url),
    hostileFigures,
    {
      url: server.url,
      tokens: await tokensOf(foes),
      conversations: own.map(({ id }) => id),
    },
    15,
  );
}, 120_000);

afterAll(async () => {
  honest.stop();
  hostile.stop();
  await server.close();
});

it(
  `honest clients wait at most ${slower} times as long, none is refused, and no memory stays`,
  { timeout: seconds * 2_000 + 300_000 },
  async () => {
    const phase = async (name: string, share: number, isUnderLoad: boolean) => {
      const task = { seconds: seconds * share, kinds };
      const before = await server.vitals();
      const load = isUnderLoad ? hostile.do(task) : null;
      const figures = await honest.do(task);
      const sent = await load;
      const vitals = await server.vitals();
      const used = (vitals.cpuMs - before.cpuMs) / task.seconds / 10;
      console.log(
        `${name}: ${figures.answered} honest answers, p50 ${figures.p50.toFixed(1)} ms, ` +
          `p99 ${figures.p99.toFixed(1)} ms, longest ${figures.longest.toFixed(0)} ms, ` +
          `refused ${JSON.stringify(figures.refused)}; server: longest stall ${vitals.stallMs.toFixed(0)} ms, ` +
          `held ${vitals.heldMb.toFixed(0)} MB, resident ${vitals.rssMb.toFixed(0)} MB, CPU ${used.toFixed(0)} %`,
      );
      for (const [kind, outcomes] of Object.entries(sent ?? {}))
        console.log(`  ${kind}: ${JSON.stringify(outcomes)}`);
      return { ...figures, ...vitals };
    };
    await honest.do({ seconds: Math.min(10, seconds / 10), kinds: [] });
    const before = await phase("before", 0.2, false);
    const during = await phase("during", 0.6, true);
    const after = await phase("after", 0.2, false);

    expect(server.ended).toBeNull();
    for (const { refused } of [before, during, after])
      expect(refused).toEqual({});
    if (seconds >= shortestForP99)
      expect(during.p99).toBeLessThanOrEqual(slower * before.p99);
    expect(after.heldMb - before.heldMb).toBeLessThan(keptMb);
    expect(server.stderr).not.toContain("Warning");
    expect(server.errors).toEqual([]);
  },
);
