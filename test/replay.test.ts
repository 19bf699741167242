import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseChatLog, type ChatEvent } from "../src/cli/replay/chat-log.js";
import { planReplay, userIdOf, type Step } from "../src/cli/replay/plan.js";
import { createProgress } from "../src/cli/replay/progress.js";
import { observerId } from "../src/cli/replay/replay.js";
import { evenlySpread, renderReport } from "../src/cli/replay/report.js";
import { runReplay } from "../src/cli/replay/run-replay.js";
import { serverForFile } from "./support/for-file.js";
import { openNetwork } from "./support/network.js";
import { recount, type RecountedMessage } from "./support/recount.js";
import type { TestServer } from "./support/server.js";

/** A log, one line each, as events. */
function log(...lines: string[]): ChatEvent[] {
  return parseChatLog(lines.join("\n"));
}

/** A step in a few words: `bob marks 3`, `bob sends 4`. */
function inWords(step: Step): string {
  switch (step.kind) {
    case "join":
      return `${step.userId} joins`;
    case "leave":
      return `${step.userId} leaves`;
    case "markUpTo":
      return `${step.userId} marks ${String(step.seq)}`;
    case "send":
      return `${step.userId} sends ${String(step.seq)}`;
  }
}

/** The plan of a log, without the ids' prefix. */
function plan(...lines: string[]) {
  const { initial, steps } = planReplay(log(...lines));
  return {
    initial: initial.map((id) => id.replace("irc:", "")),
    steps: steps.map((step) => inWords(step).replace("irc:", "")),
  };
}

describe("a chat log", () => {
  it("is messages, joins, parts, quits and changes of nick, with their lines", () => {
    const events = log(
      "=== bob  has joined #ubuntu",
      "[09:03] <ann> hello bob",
      "=== bob is now known as bob_away",
      '=== bob_away  has left #ubuntu ["Ex-Chat"]',
      "=== ann has quit [Ping timeout]",
    );
    expect(events).toEqual([
      { line: 1, kind: "joined", nick: "bob" },
      { line: 2, kind: "message", nick: "ann", text: "hello bob" },
      { line: 3, kind: "renamed", from: "bob", to: "bob_away" },
      { line: 4, kind: "left", nick: "bob_away" },
      { line: 5, kind: "left", nick: "ann" },
    ]);
  });

  it.each([
    ["an empty line", ""],
    ["a mode", "=== mode/#ubuntu  by ChanServ"],
    ["an action in the old form", "=== ann wonders if bob has joined"],
    ["an action that sounds like a join", "=== ann has joined a band"],
    ["an action that sounds like a quit", "=== ann has quit smoking"],
    ["an action in the new form", "[04:48]  * ann sits and listens"],
    ["a nick's rename that names two", "=== ann is now known as bob to all"],
    ["someone's real name", "=== Erlik      <channel> by <yournick>"],
    ["a line without brackets", "<ann> hello"],
  ])("ignores %s", (_what, line) => {
    expect(log(line)).toEqual([]);
  });

  it.each([
    ["=== bob  has joined #Ubuntu", { kind: "joined", nick: "bob" }],
    ["=== bob has joined #ubuntu  ", { kind: "joined", nick: "bob" }],
    ["=== bob [n=b@host] has joined #u", { kind: "joined", nick: "bob" }],
    ['=== bob has left #u ["totally] ', { kind: "left", nick: "bob" }],
    ["=== bob has left #u [requested]", { kind: "left", nick: "bob" }],
    ["=== ^BuGi^  has left #u []", { kind: "left", nick: "^BuGi^" }],
    ["=== bob has quit", { kind: "left", nick: "bob" }],
  ])("reads %s", (line, event) => {
    expect(log(line)).toEqual([{ line: 1, ...event }]);
  });

  it("ends lines at \\n or \\r\\n, and nowhere else", () => {
    const events = log(
      "\uFEFF=== bob  has joined #ubuntu\r",
      "[09:03] <bob> a\u2028b\r",
      "[09:03] <bob> c\rd\r\r",
      "",
    );
    expect(events).toEqual([
      { line: 1, kind: "joined", nick: "bob" },
      { line: 2, kind: "message", nick: "bob", text: "a\u2028b" },
      { line: 3, kind: "message", nick: "bob", text: "c\rd" },
    ]);
  });

  it.each([
    ["[09:03] <bob>   spaces  ", "  spaces  "],
    ["[09:03] <bob> ", ""],
    ["[09:03] <bob>", ""],
    ["[09:03] <bob> <ann> said this", "<ann> said this"],
    ["[09:03] <bob> === ann has joined #u", "=== ann has joined #u"],
  ])("keeps the text of '%s' as it is", (line, text) => {
    expect(log(line)).toEqual([
      { line: 1, kind: "message", nick: "bob", text },
    ]);
  });
});

describe("a plan", () => {
  it("marks up to the newest message before each message, by its speaker", () => {
    expect(plan("[1:00] <ann> a", "[1:00] <bob> b", "[1:00] <bob> c")).toEqual({
      initial: ["ann", "bob"],
      steps: [
        "ann sends 1",
        "bob marks 1",
        "bob sends 2",
        "bob marks 2",
        "bob sends 3",
      ],
    });
  });

  it("has those in it from the start who speak, part or change nick before any join", () => {
    expect(
      plan(
        "=== new  has joined #u",
        "[1:00] <ann> a",
        "=== bob  has left #u []",
        "=== cat is now known as dog",
      ),
    ).toEqual({
      initial: ["ann", "bob", "cat"],
      steps: ["new joins", "ann sends 1", "bob leaves"],
    });
  });

  it("R3: marks nothing that its speaker cannot see", () => {
    expect(
      plan("[1:00] <ann> a", "=== bob  has joined #u", "[1:00] <bob> b").steps,
    ).toEqual(["ann sends 1", "bob joins", "bob sends 2"]);
  });

  it("R2: marks what was missed in an earlier stay, and not what came in between", () => {
    expect(
      plan(
        "[1:00] <bob> a",
        "[1:00] <ann> b",
        "=== bob  has left #u []",
        "[1:00] <ann> c",
        "=== bob  has joined #u",
        "[1:00] <bob> d",
      ).steps,
    ).toEqual([
      "bob sends 1",
      "ann marks 1",
      "ann sends 2",
      "bob leaves",
      "ann marks 2",
      "ann sends 3",
      "bob joins",
      "bob marks 2",
      "bob sends 4",
    ]);
  });

  it("drops joins of those in it and parts of those not in it", () => {
    expect(
      plan(
        "=== bob  has joined #u",
        "=== bob  has joined #u",
        "=== bob  has left #u []",
        "=== bob  has left #u []",
      ),
    ).toEqual({ initial: [], steps: ["bob joins", "bob leaves"] });
  });

  it("brings back who left and then speaks or changes nick", () => {
    expect(
      plan(
        "=== bob  has left #u []",
        "[1:00] <bob> a",
        "=== bob  has left #u []",
        "=== bob is now known as rob",
      ),
    ).toEqual({
      initial: ["bob"],
      steps: [
        "bob leaves",
        "bob joins",
        "bob sends 1",
        "bob leaves",
        "bob joins",
      ],
    });
  });

  it("keeps who changes nick the same participant, under either nick", () => {
    expect(
      plan(
        "=== bob is now known as rob",
        "[1:00] <rob> a",
        "=== rob is now known as bob",
        "[1:00] <bob> b",
        "=== rob  has left #u []",
        "=== rob  has joined #u",
      ),
    ).toEqual({
      initial: ["bob"],
      steps: [
        "bob sends 1",
        "bob marks 1",
        "bob sends 2",
        "bob leaves",
        "bob joins",
      ],
    });
  });

  it("takes a nick from whoever holds it, who leaves", () => {
    expect(
      plan(
        "[1:00] <jason> a",
        "[1:00] <jason_> b",
        "=== jason_ is now known as jason",
        "[1:00] <jason> c",
        "=== jason  has left #u []",
      ),
    ).toEqual({
      initial: ["jason", "jason_"],
      steps: [
        "jason sends 1",
        "jason_ marks 1",
        "jason_ sends 2",
        "jason leaves",
        "jason_ marks 2",
        "jason_ sends 3",
        "jason_ leaves",
      ],
    });
  });

  it("names each step's line of the log", () => {
    const { steps } = planReplay(
      log("", "[1:00] <ann> a", "", "[1:00] <bob> b"),
    );
    expect(steps.map(({ line }) => line)).toEqual([2, 4, 4]);
  });

  it.each(["x".repeat(500), "a\u0002b", "\u202Eevil"])(
    "R29: makes a valid id of the nick %j",
    (nick) => {
      expect(userIdOf(nick)).toMatch(/^irc:#[0-9a-f]{64}$/);
      expect(userIdOf(nick)).not.toBe(userIdOf(`${nick}_`));
    },
  );

  it("keeps ordinary nicks readable and apart from the host app's users", () => {
    expect(userIdOf("^BuGi^")).toBe("irc:^BuGi^");
    expect(userIdOf("NET||abuse")).toBe("irc:NET||abuse");
  });
});

describe("the recount", () => {
  it("counts by hand what it counts by rows", () => {
    const counted = recount(
      log(
        "[1:00] <ann> a",
        "[1:00] <bob> b",
        "[1:00] <cat> c",
        "[1:00] <ann> d",
      ),
    );
    expect(counted.messages).toMatchObject([
      { sender: "ann", totalRecipients: 2, readCount: 2, deliveredCount: 2 },
      { sender: "bob", totalRecipients: 2, readCount: 2, deliveredCount: 2 },
      { sender: "cat", totalRecipients: 2, readCount: 1, deliveredCount: 1 },
      { sender: "ann", totalRecipients: 2, readCount: 0, deliveredCount: 0 },
    ]);
    expect(counted.messages.map(({ overallStatus }) => overallStatus)).toEqual([
      "READ",
      "READ",
      "PARTIAL",
      "SENT",
    ]);
    expect(counted.messages.map(({ summaryText }) => summaryText)).toEqual([
      "Read by all",
      "Read by all",
      "Read by 1 of 2",
      "Sent",
    ]);
    expect([...counted.unread]).toEqual([
      ["ann", 0],
      ["bob", 2],
      ["cat", 1],
    ]);
    expect(counted.marks).toEqual({ sent: 3, changed: 3 });
    expect(counted.participants).toBe(3);
  });

  it("R12: says 'Read' where there is one recipient, R5: 'Sent' where there is none", () => {
    const two = recount(log("[1:00] <ann> a", "[1:00] <bob> b"));
    expect(two.messages[0]?.summaryText).toBe("Read");
    const one = recount(log("[1:00] <ann> a"));
    expect(one.messages).toMatchObject([
      { overallStatus: "SENT", summaryText: "Sent", totalRecipients: 0 },
    ]);
  });

  it("R1: who joins later is no recipient, and who leaves stops counting", () => {
    const counted = recount(
      log(
        "[1:00] <ann> a",
        "[1:00] <bob> b",
        "=== dan  has joined #u",
        "=== cat  has left #u []",
      ),
    );
    expect(counted.messages).toMatchObject([
      { totalRecipients: 1, summaryText: "Read" },
      { totalRecipients: 1, summaryText: "Sent" },
    ]);
    expect([...counted.unread]).toEqual([
      ["ann", 1],
      ["bob", 0],
      ["dan", 0],
    ]);
  });

  it("R2: who comes back counts for both stays and nothing in between", () => {
    const counted = recount(
      log(
        "[1:00] <bob> a",
        "[1:00] <ann> b",
        "=== bob  has left #u []",
        "[1:00] <ann> c",
        "=== bob  has joined #u",
        "[1:00] <ann> d",
      ),
    );
    expect(counted.messages.map((message) => message.totalRecipients)).toEqual([
      1, 1, 0, 1,
    ]);
    expect(counted.unread.get("bob")).toBe(2);
  });

  it("counts a mark only where there is something to mark, and changes apart", () => {
    const counted = recount(
      log(
        "[1:00] <ann> a",
        "[1:00] <ann> b",
        "=== bob  has joined #u",
        "[1:00] <bob> c",
        "[1:00] <ann> d",
      ),
    );
    expect(counted.marks).toEqual({ sent: 2, changed: 1 });
  });

  it("keeps a person through changes of nick, and parts with a nick that is taken", () => {
    const counted = recount(
      log(
        "[1:00] <jason> a",
        "[1:00] <jase> b",
        "=== jase is now known as jason",
        "[1:00] <jason> c",
        "[1:00] <jase> d",
      ),
      ["watcher"],
    );
    expect(counted.messages.map(({ sender }) => sender)).toEqual([
      "jason",
      "jase",
      "jase",
      "jase",
    ]);
    expect([...counted.unread]).toEqual([
      ["watcher", 4],
      ["jase", 0],
    ]);
    expect(counted.participants).toBe(3);
  });
});

describe("the report", () => {
  it.each([
    [0, []],
    [1, [1]],
    [3, [1, 2, 3]],
    [5, [1, 2, 3, 4, 5]],
    [6, [1, 2, 4, 5, 6]],
    [1377, [1, 345, 689, 1033, 1377]],
  ])(
    "samples five of %i, the first and the last among them",
    (total, places) => {
      expect(evenlySpread(total, 5)).toEqual(places);
    },
  );

  it("shows the totals, the ten with the most unread and the samples", () => {
    const text = renderReport({
      conversationId: "c",
      messages: 1377,
      activeParticipants: 347,
      participantsEver: 409,
      marks: { sent: 1374, changed: 1292 },
      events: { statusChanges: 88, messagesAdded: 1377 },
      unread: Array.from({ length: 12 }, (_, index) => ({
        userId: `user${String(index)}`,
        unreadCount: 100 - index,
      })),
      samples: [
        {
          seq: 345,
          senderId: "irc:PriceChild",
          summaryText: "Read by 35 of 118",
          totalRecipients: 118,
          deliveredCount: 35,
          readCount: 35,
        },
      ],
      tookMs: 4_321,
    });
    for (const shown of [
      "1377",
      "347 in it, 409 ever",
      "1374 sent, 1292 changed something",
      "1377 messageAdded, 88 messageStatusChanged",
      "4.3 s",
      "user9",
      "… and 2 more",
      "Read by 35 of 118",
    ])
      expect(text).toContain(shown);
    expect(text).not.toContain("user10");
    expect(text).not.toContain("\u001b");
    expect(text.split("\n").slice(-4)).toEqual([
      "",
      "seq  sender          status             recipients  delivered  read",
      "345  irc:PriceChild  Read by 35 of 118         118         35    35",
      "",
    ]);
  });
});

const excerpt = pathOf("fixtures/ubuntu-2007-06-04-excerpt.txt");
/** Beside the checkout where this is developed; elsewhere the excerpt has to do. */
const fullLog = pathOf("../../shared/data/ubuntu-2007-06-04.txt");

// A replay waits for thousands of commits, which a machine with other work to do makes slow.
describe("a replay through the API", { timeout: 240_000 }, () => {
  const server = serverForFile();
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "acked-replay-"));
  });
  afterAll(() => rm(dir, { recursive: true }));

  it("replay of the excerpt through the API equals the recount", async () => {
    const report = await expectRecount(server, excerpt, server.url);
    expect(report.marks).toEqual((await recounted(excerpt)).marks);
  });

  it.runIf(existsSync(fullLog))(
    "replay of ubuntu-2007-06-04.txt through the API equals the recount",
    async () => {
      const report = await expectRecount(server, fullLog, server.url);
      expect(report.marks).toEqual((await recounted(fullLog)).marks);
    },
  );

  it("R9, R17, R22: equals the recount though connections break and answers are lost", async () => {
    let pieces = 0;
    const network = await openNetwork(server.url, {
      passes: () => ++pieces % 40 !== 0,
    });
    const url = `http://127.0.0.1:${network.port}/graphql`;
    const report = await expectRecount(server, excerpt, url);
    expect(pieces / 40).toBeGreaterThan(5);
    // The answer that a mark changed something may be among the lost.
    const { marks } = await recounted(excerpt);
    expect(report.marks.sent).toBe(marks.sent);
    expect(report.marks.changed).toBeLessThanOrEqual(marks.changed);
    await network.close();
  });

  it("prints tables and, where it is no terminal, no progress", async () => {
    const file = await logFile("[1:00] <ann> a", "[1:00] <bob> b");
    const { report, printed } = await replayed(server, file, server.url);
    expect(printed).toBe(renderReport(report));
    expect(report.samples).toEqual([
      {
        seq: 1,
        senderId: "irc:ann",
        summaryText: "Read by 1 of 2",
        totalRecipients: 2,
        deliveredCount: 1,
        readCount: 1,
      },
      {
        seq: 2,
        senderId: "irc:bob",
        summaryText: "Sent",
        totalRecipients: 2,
        deliveredCount: 0,
        readCount: 0,
      },
    ]);
  });

  it("stops at a line that the API refuses, and names it", async () => {
    const file = await logFile("[1:00] <ann> a", "", "[1:01] <bob> nul: \0");
    await expect(replayed(server, file, server.url)).rejects.toThrow(
      /^line 3: send of irc:bob: BAD_USER_INPUT: /,
    );
  });

  it("stops where its tokens are not good here", async () => {
    const options = {
      file: excerpt,
      endpoint: new URL(server.url),
      tokens: { service: "bad", forUser: () => Promise.resolve("bad") },
      out: new Collector(),
    };
    await expect(runReplay(options)).rejects.toThrow(/^UNAUTHENTICATED: /);
  });

  it("has nothing to replay in a file without messages, or in none", async () => {
    const file = await logFile("=== bob  has joined #u");
    await expect(replayed(server, file, server.url)).rejects.toThrow(
      `no messages in ${file}`,
    );
    await expect(replayed(server, `${file}.not`, server.url)).rejects.toThrow(
      /^can't read .*ENOENT/,
    );
  });

  async function logFile(...lines: string[]): Promise<string> {
    const file = join(dir, "log.txt");
    await writeFile(file, lines.join("\n"));
    return file;
  }
});

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

async function recounted(file: string) {
  const events = parseChatLog(await readFile(file, "utf8"));
  return recount(events, [observerId]);
}

/** The recount's people go by their first nick, the API's by an id made of it. */
function idOf(person: string): string {
  return person === observerId ? observerId : userIdOf(person);
}

/** Takes what is printed, as a stream that is no terminal. */
class Collector extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function replayed(server: TestServer, file: string, url: string) {
  const out = new Collector();
  const report = await runReplay({
    file,
    endpoint: new URL(url),
    tokens: {
      service: await server.token("host-app", { isService: true }),
      forUser: (userId) => server.token(userId),
    },
    out,
  });
  return { report, printed: out.text };
}

/** Replays, and compares everything that the API then says with the recount. */
async function expectRecount(server: TestServer, file: string, url: string) {
  const { report } = await replayed(server, file, url);
  const { messages, unread, participants } = await recounted(file);
  const stored = await storedMessages(server, report.conversationId);

  expect(stored).toEqual(
    messages.map((message) => ({ ...message, sender: idOf(message.sender) })),
  );
  expect(
    new Map(report.unread.map((of) => [of.userId, of.unreadCount])),
  ).toEqual(new Map([...unread].map(([name, count]) => [idOf(name), count])));
  expect(report).toMatchObject({
    messages: messages.length,
    activeParticipants: unread.size,
    participantsEver: participants,
    events: { messagesAdded: messages.length },
  });
  expect(report.events.statusChanges).toBeGreaterThan(0);
  return report;
}

interface MessagePage {
  conversation: {
    messages: {
      nodes: {
        seq: number;
        body: string;
        sender: { id: string };
        status: Omit<RecountedMessage, "seq" | "sender" | "text">;
      }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
  };
}

/** Every message of a conversation, as the observer sees it. */
async function storedMessages(server: TestServer, id: string) {
  const stored: RecountedMessage[] = [];
  let after: string | null = null;
  do {
    const { data, errors } = await messagePage(server, id, after);
    if (!data) throw new Error(JSON.stringify(errors));
    const { nodes, pageInfo } = data.conversation.messages;
    for (const { seq, body, sender, status } of nodes)
      stored.push({ seq, sender: sender.id, text: body, ...status });
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return stored;
}

function messagePage(server: TestServer, id: string, after: string | null) {
  return server.execute<MessagePage>(
    observerId,
    `query ($id: ID!, $after: Cursor) {
      conversation(id: $id) {
        messages(first: 100, after: $after) {
          nodes {
            seq body sender { id }
            status { overallStatus summaryText totalRecipients deliveredCount readCount }
          }
          pageInfo { hasNextPage endCursor }
        }
      }
    }`,
    { id, after },
  );
}

describe("the progress of a replay", () => {
  class Terminal extends Collector {
    readonly isTTY = true;
  }

  it("is one line of a terminal, and is taken away at the end", () => {
    const out = new Terminal();
    const progress = createProgress(out, 4);
    progress.show(2);
    expect(out.text).toContain(
      `${"█".repeat(15)}${"░".repeat(15)} 2 of 4 steps`,
    );
    progress.end();
    expect(out.text.endsWith("\r\u001B[K")).toBe(true);
    expect(out.text).not.toContain("\n");
  });

  it("is nothing in a file", () => {
    const out = new Collector();
    const progress = createProgress(out, 4);
    progress.show(4);
    progress.end();
    expect(out.text).toBe("");
  });
});
