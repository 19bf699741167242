import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { LineBus } from "../../src/bus/line-bus.js";
import type { LineKind } from "../../src/bus/line.js";
import { postgresLine } from "../../src/bus/postgres-line.js";
import { Chat } from "../support/chat.js";
import {
  cleanupsAfterEachTest,
  databaseForFile,
  natsForFile,
} from "../support/for-file.js";
import {
  converse,
  createHubRig,
  listener,
  say,
  viewer,
  type HubRig,
} from "../support/hub.js";
import { freePort } from "../../packages/embedded-postgres/src/free-port.js";
import { startNats, type OwnNats } from "../support/nats.js";
import { startTestServer, testSecret } from "../support/server.js";
import { quiet } from "../support/bus.js";
import { waitFor } from "../support/wait.js";

// Two nodes on one database, which sweep only every minute: whatever arrives in time came by the bus, or
// by a comparison that the bus has asked for.

const cleanups = cleanupsAfterEachTest();
const database = databaseForFile();
const nats = natsForFile();

const noSweep = { SWEEP_MS: "60000" };

describe.each([
  ["postgres", () => "postgres"],
  ["nats", () => nats.url],
])("two nodes with the bus %s", (_, busUrl) => {
  const node = async () => {
    const server = await startTestServer({
      ...noSweep,
      DATABASE_URL: database.url,
      BUS_URL: busUrl(),
    });
    cleanups.push(() => server.close());
    return server;
  };

  it("R22: a mark on one reaches a subscriber of the other, of one conversation and of all", async () => {
    const [one, other] = await Promise.all([node(), node()]);
    const chat = new Chat(one);
    const there = chat.through(other);
    there.conversationId = await chat.conversation("alice", "bob");
    const after = await there.cursor("alice");
    const ofOne = there.watch("alice", after);
    const ofAll = other.connect(there.id("alice")).subscribe(
      `subscription ($after: Cursor) {
        messageStatusChanged(after: $after) { receipts { kind } }
      }`,
      { after },
    );
    const message = await chat.say("alice", "*");
    await chat.read("bob", message);
    const isRead = (all: readonly { readonly data: unknown }[]) =>
      JSON.stringify(all).includes('"READ"');
    await ofOne.until(isRead);
    await ofAll.until(isRead);
  });

  it("know of a user's profile what the other has stored", async () => {
    const [one, other] = await Promise.all([node(), node()]);
    const userId = `user-${crypto.randomUUID()}`;
    /** Uses a token that does not say when it was issued: the one that was used last stands. */
    const use = async (server: typeof one, name: string) => {
      const token = await new SignJWT({ name })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(userId)
        .setExpirationTime("1h")
        .sign(new TextEncoder().encode(testSecret));
      const { data } = await server.post<{ viewer: { displayName: string } }>(
        { authorization: `Bearer ${token}` },
        { query: "{ viewer { displayName } }" },
      );
      return data?.viewer.displayName;
    };
    expect(await use(one, "Ann")).toBe("Ann");
    expect(await use(other, "Anna")).toBe("Anna");
    await waitFor(async () => expect(await use(one, "Ann")).toBe("Ann"));
  });

  it("are ready, and say so in their metrics", async () => {
    const [one] = await Promise.all([node(), node()]);
    const at = (path: string) => fetch(new URL(path, one.url));
    expect((await at("/readyz")).status).toBe(200);
    await waitFor(async () => {
      const text = await (await at("/metrics")).text();
      expect(text).toContain("acked_bus_connected 1");
      expect(text).toMatch(/acked_bus_peer_silence_seconds\{peer="\w{16}"\}/);
      expect(text).toMatch(/acked_bus_losses_total\{loss="unknown"\} 1/);
    });
  });
});

it("a node whose bus can't be reached starts, is not ready, and is once the bus is there", async () => {
  const port = await freePort();
  const server = await startTestServer({
    ...noSweep,
    DATABASE_URL: database.url,
    BUS_URL: `nats://127.0.0.1:${port}`,
  });
  cleanups.push(() => server.close());
  const status = async () =>
    (await fetch(new URL("/readyz", server.url))).status;
  expect(await status()).toBe(503);
  const [late] = (await startNats(1, "", port)) as [OwnNats];
  cleanups.push(() => late.remove());
  await waitFor(async () => expect(await status()).toBe(200));
  await late.kill();
  await waitFor(async () => expect(await status()).toBe(503));
  await late.start();
  await waitFor(async () => expect(await status()).toBe(200));
});

describe("where frames are lost", () => {
  /** Loses every n-th frame that holds notices. */
  const losing = (kind: LineKind, n: number): LineKind => {
    let count = 0;
    return {
      ...kind,
      open(events) {
        const line = kind.open(events);
        return {
          renew: () => line.renew(),
          close: () => line.close(),
          send: (frame) =>
            frame.length > 16 && ++count % n === 0
              ? Promise.resolve()
              : line.send(frame),
        };
      },
    };
  };
  const rig = async (kind: LineKind): Promise<HubRig> => {
    const bus = new LineBus({
      kind,
      observer: quiet,
      onError: (error) => {
        throw error;
      },
    });
    const made = await createHubRig(database.url, bus);
    cleanups.push(() => made.close());
    await bus.connected;
    return made;
  };

  it.each([1, 2, 3])(
    "R22: every %i., all that one node did is known on the other within five seconds",
    async (n) => {
      const kind = postgresLine(database.url, "acked.losing");
      const [one, other] = await Promise.all([rig(losing(kind, n)), rig(kind)]);
      const names = ["owner", "member"].map((name) => `${name}-${n}`);
      const [owner = "", member = ""] = names;
      for (const id of names)
        await one.services.users.ensure({
          ...{ id, displayName: null, avatarUrl: null },
        });
      const conversationId = await converse(one.services, owner, [member]);
      const screen = listener();
      await other.hub.subscribe({
        kind: "status",
        viewer: viewer(owner),
        conversationId: null,
        sentByViewer: false,
        after: null,
        ...screen,
      });
      const profile = { id: owner, displayName: null, avatarUrl: null };
      await other.services.users.ensure(profile);
      await one.services.users.ensure({ ...profile, displayName: "Ann" });
      for (let i = 0; i < 5; i++) {
        const place = await say(one.services, owner, conversationId);
        await one.services.receipts.mark(viewer(member), "READ", place, {
          upTo: false,
        });
        // Each in a frame of its own.
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      await waitFor(async () => {
        await other.services.users.ensure(profile);
        expect(await other.services.users.get(owner)).toMatchObject(profile);
      }, 5_000);
      await waitFor(() => {
        const read = screen.events.flatMap((event) =>
          "messageStatusChanged" in event
            ? event.messageStatusChanged.receipts.flatMap(
                ({ fromSeq, toSeq }) =>
                  Array.from(
                    { length: toSeq - fromSeq + 1 },
                    (_, i) => fromSeq + i,
                  ),
              )
            : [],
        );
        expect(new Set(read)).toEqual(new Set([1, 2, 3, 4, 5]));
      }, 5_000);
    },
  );
});
