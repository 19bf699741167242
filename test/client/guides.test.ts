import { access, readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildSchema, parse, validate } from "graphql";
import { MessageType } from "graphql-ws";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  vi,
} from "vitest";
import { WebSocket } from "ws";
import { failureOf } from "../../packages/client/src/failure.js";
import { AppError } from "../../src/foundation/errors.js";
import * as operations from "../../packages/client/src/generated/operations.js";
import { socketLimits } from "../../src/transport/socket/limits.js";
import { Chat, type Message } from "../support/chat.js";
import {
  anchorsOf,
  guidesDir,
  localLinks,
  readBlocks,
  type Block,
} from "./support/guides/blocks.js";
import type {
  HttpStreamGuide,
  OwnStoreGuide,
  RoomChange,
  TypedOperationsGuide,
} from "./support/guides/modules.js";
import {
  onApollo,
  onUrql,
  openChat,
  signIn,
  type Person,
  type World,
} from "./support/guides/people.js";
import {
  createGuideProject,
  type GuideProject,
} from "./support/guides/project.js";
import { roomy } from "../support/fair.js";
import {
  startTestServer,
  testSecret,
  type TestServer,
} from "../support/server.js";

let server: TestServer;
let blocks: Block[];
let project: GuideProject;
let chat: Chat;
let world: World;
/** What the compiler says of the project, once its own codegen has run; meanwhile tests do. */
let compiled: Promise<string>;
beforeAll(async () => {
  server = await startTestServer({}, { fair: roomy });
  blocks = await readBlocks();
  project = await createGuideProject(blocks);
  compiled = generate().then(() => project.typeCheck());
});
afterAll(async () => {
  await compiled.catch(() => undefined);
  await project.remove();
  await server.close();
});
beforeEach(() => {
  chat = new Chat(server);
  world = { project, server, stops: [] };
});
afterEach(async () => {
  vi.useRealTimers();
  for (const stop of world.stops.splice(0).reverse()) await stop();
  vi.unstubAllEnvs();
});

/** The commands of a guide, but for those that install. */
function commandsOf(name: string): string[] {
  return blocks
    .filter(({ guide, language }) => guide === name && language === "bash")
    .map(({ text }) => text)
    .filter((text) => !text.startsWith("npm install"));
}

async function generate(): Promise<void> {
  for (const command of commandsOf("typed-operations.md"))
    await project.bash(command, {
      ACKED_URL: server.url,
      ACKED_TOKEN: await server.token("developer"),
    });
}

/** Waits for what comes true by itself. */
const until = (check: () => void) =>
  vi.waitFor(check, { timeout: 15_000, interval: 20 });

/** Listens to new messages by someone's socket; errors are among the events. */
function listen(
  { socket }: Person,
  variables: { conversationId: string; after: string },
  events: unknown[],
): () => void {
  return socket.subscribe(
    {
      query: `subscription ($conversationId: ID, $after: Cursor) {
        messageAdded(conversationId: $conversationId, after: $after) { message { body } }
      }`,
      variables,
    },
    {
      next: ({ data, errors }) => events.push(data ?? errors),
      error: (error) => events.push(error),
      complete: () => undefined,
    },
  );
}

describe("docs/guides/graphql-ws.md", () => {
  it("a message that is sent is delivered, and read, on both screens", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    const alice = await signIn(world, chat.id("alice"));
    const bob = await signIn(world, chat.id("bob"));
    const hers = openChat(world, alice, conversationId);
    const his = openChat(world, bob, conversationId);
    alice.outbox.send({ conversationId, body: "hi" });
    await until(() => expect(hers.lines).toEqual(["hi ✓✓"]));
    await until(() => expect(his.lines).toEqual(["hi ✓✓"]));
    const [hi] = his.messages;
    if (!hi) throw new Error("nothing is shown");
    bob.receipts.readUpTo({ ...hi, conversationId });
    await until(() => expect(hers.lines).toEqual(["hi ✓✓ read"]));
    expect(await chat.unread("bob")).toBe(0);
    await chat.leave("bob");
    await until(() => expect(his.end).not.toBeNull());
    expect(hers.end).toBeNull();
  });

  it("where more changed than an event lists, what is on screen is read anew", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    await chat.sayMany("alice", 50);
    const alice = await signIn(world, chat.id("alice"));
    const hers = openChat(world, alice, conversationId);
    await until(() => expect(hers.lines).toHaveLength(50));
    const [, newest] = await chat.sayMany("alice", 2);
    await until(() => expect(hers.lines).toHaveLength(52));
    await chat.readUpTo("bob", newest as Message);
    await until(() =>
      expect(hers.lines.filter((line) => !line.endsWith("read"))).toEqual([]),
    );
  });

  it("R21, R22: a token that expires is replaced, and the stream resumes by the newest cursor", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    const [first, second] = await chat.sayMany("alice", 2);
    const after = await chat.cursor("alice");
    await chat.read("bob", first as Message);
    const sent: string[] = [];
    const closes: unknown[] = [];
    let tokens = 0;
    const alice = await signIn(world, chat.id("alice"), {
      fetchToken: async () => ({
        token: await server.token(chat.id("alice"), {
          ttlSeconds: tokens++ === 0 ? 4 : 3_600,
        }),
        expiresAtMs: Date.now(),
      }),
      webSocketImpl: class extends WebSocket {
        override send(data: string): void {
          sent.push(data);
          super.send(data);
        }
      },
    });
    const subscribes = () =>
      sent.filter((text) => text.includes('"subscribe"'));
    const cursors: string[] = [];
    alice.socket.on("closed", (event) => closes.push(event));
    alice.socket.subscribe<{ messageStatusChanged: { cursor: string } }>(
      {
        query: `subscription ($conversationId: ID, $after: Cursor) {
          messageStatusChanged(conversationId: $conversationId, after: $after) { cursor }
        }`,
        variables: { conversationId, after },
      },
      {
        next: ({ data }) =>
          cursors.push(data?.messageStatusChanged.cursor ?? ""),
        error: (error) => closes.push(error),
        complete: () => undefined,
      },
    );
    await until(() => expect(cursors).not.toEqual([]));
    await until(() => expect(closes).toMatchObject([{ code: 4403 }]));
    const newest = cursors.at(-1) ?? "";
    await chat.read("bob", second as Message);
    await until(() => expect(subscribes()).toHaveLength(2));
    expect(subscribes()[1]).toContain(newest);
    await until(() => expect(cursors.at(-1)).not.toBe(newest));
    expect([tokens, closes.length]).toEqual([2, 1]);
  });

  it("R28: a subscription that can't start while the database is away is started again", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    const after = await chat.cursor("alice");
    await chat.say("bob", "hi");
    const alice = await signIn(world, chat.id("alice"));
    // A database that goes away for real is noticed only after a while.
    const away = vi
      .spyOn(server.services.hub, "subscribe")
      .mockRejectedValueOnce(new AppError("UNAVAILABLE", "Try again."));
    world.stops.push(() => away.mockRestore());
    const events: unknown[] = [];
    world.stops.push(listen(alice, { conversationId, after }, events));
    await until(() =>
      expect(events).toEqual([{ messageAdded: { message: { body: "hi" } } }]),
    );
    expect(away).toHaveBeenCalledTimes(2);
  });

  it("R28: one subscription too many on a socket is started once there is room", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    const after = await chat.cursor("alice");
    const alice = await signIn(world, chat.id("alice"));
    const limited: unknown[] = [];
    alice.socket.on("message", (message) => {
      if (message.type === MessageType.Error) limited.push(message.payload[0]);
    });
    const leave = listen(alice, { conversationId, after }, []);
    for (let i = 1; i < socketLimits.subscriptionsPerSocket; i++)
      world.stops.push(listen(alice, { conversationId, after }, []));
    const events: unknown[] = [];
    world.stops.push(listen(alice, { conversationId, after }, events));
    await until(() =>
      expect(limited).toMatchObject([{ extensions: { code: "RATE_LIMITED" } }]),
    );
    leave();
    await chat.say("bob", "hi");
    await until(() =>
      expect(events).toEqual([{ messageAdded: { message: { body: "hi" } } }]),
    );
  });

  it("a token that is refused is replaced, and the queue goes on; a fresh one means signing in again", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const good = await server.token(chat.id("bob"));
    const tokens = ["not.a.token"];
    const bob = await signIn(world, chat.id("bob"), {
      fetchToken: () =>
        Promise.resolve({
          token: tokens.shift() ?? good,
          expiresAtMs: Date.now() + 3_600_000,
        }),
    });
    const askToSignIn = vi.fn();
    world.stops.push(
      bob.resumeWithNewToken(bob.receipts, bob.session, askToSignIn),
    );
    bob.receipts.read({ ...message, conversationId });
    await until(() => expect(askToSignIn).toHaveBeenCalledOnce());
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    bob.receipts.resume();
    await until(() => expect(bob.receipts.pending).toBe(0));
    expect((await chat.recipient("alice", message, "bob")).state).toBe("READ");
    expect(askToSignIn).toHaveBeenCalledOnce();
  });
});

describe.each([
  ["apollo.md", onApollo],
  ["urql.md", onUrql],
] as const)("docs/guides/%s", (_, on) => {
  it("a message that is sent is delivered, and read; ticks and badges follow", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    await chat.say("alice", "before");
    const alice = await on(world, chat.id("alice"), conversationId);
    await until(() => expect(alice.lines()).toEqual(["before Sent"]));
    const bob = await on(world, chat.id("bob"), conversationId);
    await until(() => expect(bob.lines()).toHaveLength(1));
    alice.outbox.send({ conversationId, body: "hi" });
    const both = (tick: string) => [`before ${tick}`, `hi ${tick}`];
    await until(() => expect(alice.lines()).toEqual(both("Delivered")));
    await until(() => expect(bob.lines()).toEqual(both("Delivered")));
    await until(() => expect(bob.unread()).toBe(2));
    const hi = (await chat.messages("bob"))?.[1] as Message;
    bob.receipts.readUpTo({ ...hi, conversationId });
    await until(() => expect(alice.lines()).toEqual(both("Read")));
    await until(() => expect(bob.unread()).toBe(0));
  });

  it("where more changed than an event lists, what is on screen is read anew", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    await chat.sayMany("alice", 50);
    const alice = await on(world, chat.id("alice"), conversationId);
    await until(() => expect(alice.lines()).toHaveLength(50));
    const [, newest] = await chat.sayMany("alice", 2);
    await until(() => expect(alice.lines()).toHaveLength(52));
    await chat.readUpTo("bob", newest as Message);
    await until(() =>
      expect(alice.lines().filter((line) => !line.endsWith(" Read"))).toEqual(
        [],
      ),
    );
  });
});

describe("docs/guides/apollo.md", () => {
  it("older pages join on to the list, which stays in order", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    const said = await chat.sayMany("alice", 52);
    const alice = await onApollo(world, chat.id("alice"), conversationId);
    await until(() => expect(alice.lines()).toHaveLength(50));
    const watched = alice.client.watchQuery({
      query: operations.ConversationDocument,
      variables: { id: conversationId, last: 50 },
    });
    const page = watched.getCurrentResult();
    if (page.dataState !== "complete") throw new Error("nothing is there");
    const { startCursor } = page.data.conversation?.messages.pageInfo ?? {};
    await watched.fetchMore({ variables: { before: startCursor ?? null } });
    await until(() => expect(alice.lines()).toHaveLength(52));
    const added = await chat.say("bob");
    await until(() =>
      expect(alice.lines()).toEqual(
        [...said, added].map(({ body }) => `${body ?? ""} Sent`),
      ),
    );
  });
});

describe("R25: a cursor that can't be honoured", () => {
  /** A socket whose first subscriptions resume after transactions that are still to come. */
  const fromTheFuture = () => {
    const after = server.services.head.encode({
      snapshot: "999999999:999999999:",
      origin: null,
      witness: null,
    });
    let left = 2;
    return class extends WebSocket {
      override send(data: string): void {
        const isFirst = data.includes('"subscribe"') && left-- > 0;
        super.send(
          isFirst
            ? data.replace(/"after":"[^"]+"/, `"after":"${after}"`)
            : data,
        );
      }
    };
  };

  it("empties Apollo Client's cache, and all is read and followed anew", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    const message = await chat.say("alice", "hi");
    const alice = await onApollo(
      world,
      chat.id("alice"),
      conversationId,
      fromTheFuture(),
    );
    const emptied = vi.spyOn(alice.client, "resetStore");
    await until(() => expect(emptied).toHaveBeenCalledOnce());
    await until(() => expect(alice.lines()).toEqual(["hi Sent"]));
    await chat.read("bob", message);
    await until(() => expect(alice.lines()).toEqual(["hi Read"]));
  });

  it("is told to the app on urql, once", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    const alice = await onUrql(
      world,
      chat.id("alice"),
      conversationId,
      fromTheFuture(),
    );
    await until(() => expect(alice.resets).toBe(1));
  });
});

describe("docs/guides/own-message-store.md", () => {
  const issuer = "https://chat.example";
  let host: TestServer;
  let guide: OwnStoreGuide;
  beforeAll(async () => {
    const settings = { AUTH_ISSUER: issuer, AUTH_AUDIENCE: "acked" };
    host = await startTestServer(settings);
    guide = await project.load<OwnStoreGuide>(
      ...["tokens.ts", "mirror.ts", "follow-room.ts"],
    );
  });
  afterAll(() => host.close());
  beforeEach(() => vi.stubEnv("AUTH_JWT_SECRET", testSecret));

  const person = (
    name: string,
    fetchToken = () => guide.userToken({ id: chat.id(name), name }),
  ) => signIn({ ...world, server: host }, chat.id(name), { fetchToken });
  const backEnd = () =>
    person("backend", async () => ({
      token: await guide.serviceToken(),
      expiresAtMs: Date.now() + 60_000,
    }));

  /** The code that an operation is refused with; null where it is not. */
  const refusal = (operation: Promise<unknown>) =>
    operation.then(
      () => null,
      (error: unknown) => failureOf(error).code,
    );

  it("a message that the back end announces is delivered and read, and told by the id it has there", async () => {
    const { request, socket } = await backEnd();
    const mirror = guide.createMirror(request);
    const room = {
      id: chat.id("room"),
      title: "Plans",
      memberIds: ["alice", "bob"].map((name) => chat.id(name)),
    };
    await mirror.created(room);
    await mirror.created(room);
    const changes: RoomChange[] = [];
    const ends: unknown[] = [];
    const { conversation } = await request(operations.ConversationDocument, {
      id: room.id,
      last: 1,
    });
    world.stops.push(
      guide.followRoom(
        socket,
        room.id,
        conversation?.cursor ?? null,
        (change) => changes.push(change),
        (reason) => ends.push(reason),
      ),
    );
    const message = {
      id: "own-1",
      roomId: room.id,
      senderId: chat.id("alice"),
    };
    const first = await mirror.stored(message);
    expect(await mirror.stored(message)).toEqual({
      ...first,
      isRepeated: true,
    });
    expect(first).toMatchObject({ seq: 1, isRepeated: false });

    const bob = await person("bob");
    const his = openChat(world, bob, room.id);
    await until(() => expect(his.lines).toEqual(["- ✓✓"]));
    bob.receipts.read({ id: first.id, seq: 1, conversationId: room.id });
    await until(() =>
      expect(changes.at(-1)?.messages).toMatchObject([
        { clientId: "own-1", status: { overallStatus: "READ" } },
      ]),
    );

    await mirror.joined(room.id, [chat.id("carol")]);
    await mirror.joined(room.id, [chat.id("carol")]);
    await mirror.created(room);
    await mirror.left(room.id, chat.id("bob"));
    await until(() => expect(his.end).not.toBeNull());
    expect(ends).toEqual([]);
  });

  it("what it says is refused is refused", async () => {
    const { request } = await backEnd();
    const mirror = guide.createMirror(request);
    const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) =>
      chat.id(name),
    ) as [string, string, string];
    const room = {
      id: chat.id("room"),
      title: "Plans",
      memberIds: [alice, bob],
    };
    await mirror.created(room);
    const { id } = await mirror.stored({
      id: "own-1",
      roomId: room.id,
      senderId: alice,
    });
    const input = {
      conversationId: room.id,
      senderId: alice,
      clientId: "own-1",
      type: "reference",
    };
    const send = (more: object) =>
      refusal(
        request(operations.SendMessageDocument, {
          input: { ...input, ...more },
        }),
      );
    expect(await send({ body: "other" })).toBe("CONFLICT");
    expect(await send({ type: "other" })).toBe("CONFLICT");
    expect(await send({ clientId: "own-2", senderId: carol })).toBe(
      "NOT_FOUND",
    );
    expect(await send({ clientId: "x".repeat(129) })).toBe("BAD_USER_INPUT");
    expect(await send({ clientId: "own-3", body: "x".repeat(65_537) })).toBe(
      "BAD_USER_INPUT",
    );
    expect(
      await refusal(mirror.created({ ...room, memberIds: [alice, carol] })),
    ).toBe("CONFLICT");
    expect(await refusal(mirror.left(room.id, carol))).toBe("NOT_FOUND");
    expect(
      await refusal(
        request(operations.MarkReadDocument, { input: { messageId: id } }),
      ),
    ).toBe("FORBIDDEN");
    const ofAlice = (await person("alice")).request;
    expect(
      await refusal(
        ofAlice(operations.SendMessageDocument, {
          input: { ...input, clientId: "own-4", senderId: bob },
        }),
      ),
    ).toBe("FORBIDDEN");
    const { deleteMessage } = await request(operations.DeleteMessageDocument, {
      input: { messageId: id },
    });
    expect(deleteMessage.message.deletedAt).not.toBeNull();
    const ofBob = (await person("bob")).request;
    expect((await ofBob(operations.ViewerDocument, {})).viewer).toMatchObject({
      displayName: "bob",
      unreadCount: 0,
    });
  });

  it("a service token names the conversation that it subscribes to", async () => {
    const { socket } = await backEnd();
    const ends: unknown[] = [];
    world.stops.push(
      socket.subscribe(
        { query: "subscription { messageAdded { cursor } }" },
        {
          next: ({ errors }) => ends.push(errors?.[0]?.extensions),
          error: (error) => ends.push(error),
          complete: () => undefined,
        },
      ),
    );
    await until(() =>
      expect(ends).toEqual([
        { code: "BAD_USER_INPUT", argumentPath: ["conversationId"] },
      ]),
    );
  });

  it("its commands print what the server has", async () => {
    const { request } = await backEnd();
    await guide.createMirror(request).created({
      id: chat.id("room"),
      title: "Plans",
      memberIds: [chat.id("alice")],
    });
    const commands = commandsOf("own-message-store.md");
    expect(commands).toHaveLength(1);
    for (const text of commands)
      expect(
        await project.bash(text, {
          ACKED_URL: host.url,
          AUTH_JWT_SECRET: testSecret,
          AUTH_ISSUER: issuer,
          AUTH_AUDIENCE: "acked",
        }),
      ).toContain(chat.id("room"));
  }, 60_000);
});

describe("docs/guides/http-streams.md", () => {
  it("changes come by a stream over HTTP, by a cursor", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const after = await chat.cursor("alice");
    const { session } = await signIn(world, chat.id("alice"));
    const { followByHttp } =
      await project.load<HttpStreamGuide>("http-stream.ts");
    const ticks: string[] = [];
    const following = followByHttp(
      server.url,
      session,
      conversationId,
      after,
      ({ messageStatusChanged: { messages } }) =>
        ticks.push(...messages.map(({ status }) => status.overallStatus)),
    );
    world.stops.push(() => following.stop());
    await chat.read("bob", message);
    await until(() => expect(ticks).toEqual(["READ"]));
    expect(following.cursor).not.toBe(after);
  });
});

describe("docs/guides/typed-operations.md", () => {
  it("a document of one's own tells of deletions, one of ours of unread messages", async () => {
    expect(await compiled).toBe("");
    const guide = await project.load<TypedOperationsGuide>(
      ...["unread.ts", "deletions.ts"],
    );
    const conversationId = await chat.conversation("alice", "bob");
    const bob = await signIn(world, chat.id("bob"));
    const deleted: string[] = [];
    const after = await chat.cursor("bob");
    world.stops.push(
      guide.onDeleted(bob.socket, conversationId, after, (id) =>
        deleted.push(id),
      ),
    );
    const [, second] = await chat.sayMany("alice", 3);
    if (!second) throw new Error("nothing was said");
    await chat.delete("alice", second);
    await until(() => expect(deleted).toEqual([second.id]));
    expect(await guide.unreadByConversation(bob.request)).toEqual(
      new Map([[conversationId, 2]]),
    );
  }, 120_000);

  it("names every document, and none besides", async () => {
    const text = await readFile(join(guidesDir, "typed-operations.md"), "utf8");
    const named = [...text.matchAll(/^\| .*? \| (.*) \|$/gm)].flatMap(
      ([, cell = ""]) =>
        [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
    );
    const exported = Object.keys(operations).flatMap((name) =>
      name.endsWith("Document") ? [name.replace(/Document$/, "")] : [],
    );
    expect(named.sort()).toEqual(exported.sort());
  });
});

describe("the code in the guides", () => {
  it("is in files, but for commands, and each file is there once", () => {
    const code = blocks.filter(({ language }) => language !== "bash");
    expect(code.length).toBeGreaterThan(15);
    const files = code.map(({ guide, file }) => file ?? `${guide}: no file`);
    expect(files.filter((file) => file.includes(": "))).toEqual([]);
    expect(new Set(files).size).toBe(files.length);
  });

  it("type-checks as one project, with what its own codegen writes", async () => {
    expect(await compiled).toBe("");
  }, 120_000);

  it("asks for packages that there are, and for fields that the schema has", async () => {
    const installs = blocks.flatMap(({ text }) =>
      [...text.matchAll(/^npm install (.+)$/gm)].map(([, names = ""]) => names),
    );
    expect(installs.length).toBeGreaterThan(2);
    for (const name of installs.flatMap((names) => names.split(" ")))
      if (name !== "acked" && !name.startsWith("-"))
        await access(join("node_modules", name));

    const schema = buildSchema(await readFile("schema.graphql", "utf8"));
    const documents = blocks.flatMap(({ language, text }) =>
      language === "graphql"
        ? [text]
        : [...text.matchAll(/\/\* GraphQL \*\/ `(.*?)`/gs)].map(
            ([, document = ""]) => document,
          ),
    );
    expect(documents.length).toBeGreaterThan(1);
    for (const document of documents)
      expect(validate(schema, parse(document))).toEqual([]);
  });
});

describe("docs/ and README.md", () => {
  it("R28: the table of errors has every code, and none besides", async () => {
    const text = await readFile(join(guidesDir, "README.md"), "utf8");
    const named = [...text.matchAll(/^\| `([A-Z_]+)` /gm)].map(
      ([, code]) => code,
    );
    const source = await readFile("src/foundation/errors.ts", "utf8");
    const codes = [...source.matchAll(/^ {2}\| "([A-Z_]+)"/gm)].map(
      ([, code]) => code,
    );
    expect(codes).toHaveLength(8);
    expect(named.sort()).toEqual(codes.sort());
  });

  it("link to what is there", async () => {
    const pages = (await readdir("docs", { recursive: true }))
      .filter((name) => name.endsWith(".md"))
      .map((name) => join("docs", name));
    const broken: string[] = [];
    let checked = 0;
    for (const page of ["README.md", ...pages])
      for (const link of localLinks(await readFile(page, "utf8"))) {
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? page : join(dirname(page), path);
        const isThere = await access(target).then(
          () => true,
          () => false,
        );
        const hasAnchor =
          !anchor ||
          (isThere &&
            anchorsOf(await readFile(target, "utf8")).includes(anchor));
        if (!isThere || !hasAnchor) broken.push(`${page}: ${link}`);
        checked++;
      }
    expect(broken).toEqual([]);
    expect(checked).toBeGreaterThan(20);
  });
});
