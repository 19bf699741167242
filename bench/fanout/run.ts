import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { signToken } from "../../src/auth/token.js";
import { connect } from "../../src/db/connect.js";
import { createInProcessBus } from "../../src/events/bus.js";
import { createServices } from "../../src/services.js";
import { openBenchDatabase } from "../support/database.js";
import { median, spread } from "../support/statistics.js";
import { printTable } from "../support/table.js";
import type { Command, Reply } from "./protocol.js";

// Server CPU per delivered frame, for the same event to N subscribers of one conversation: a raw ws
// broadcast, Acked, and graphql-ws executing for each subscriber. Interleaved, in one run.

const secret = "a secret of at least thirty-two bytes, for benchmarks";
const subscribers = Number(process.env["SUBSCRIBERS"] ?? 1_000);
const rounds = Number(process.env["ROUNDS"] ?? 7);
const eventsPerRound = Number(process.env["EVENTS"] ?? 10);
const kinds = ["raw", "acked", "stock"] as const;
type Kind = (typeof kinds)[number];

const watch = `subscription ($id: ID!) { messageStatusChanged(conversationId: $id) {
  cursor messageCount reset conversation { id }
  receipts { kind at fromSeq toSeq participant { user { id } } }
  messages { id seq status { id overallStatus totalRecipients deliveredCount readCount summaryText } } } }`;

/** A contender's process, asked and answering. */
class Contender {
  readonly sockets: WebSocket[] = [];
  frames = 0;
  frameBytes = 0;
  port = 0;
  readonly kind: Kind;
  private readonly child: ChildProcess;

  private constructor(kind: Kind, child: ChildProcess) {
    this.kind = kind;
    this.child = child;
  }

  static async start(kind: Kind, databaseUrl: string): Promise<Contender> {
    const script = fileURLToPath(new URL("server.ts", import.meta.url));
    const child = fork(script, [kind, databaseUrl], {
      execArgv: [
        ...(process.env["CPU_PROF"] === kind
          ? ["--cpu-prof", "--cpu-prof-dir=/tmp/prof"]
          : []),
        "--import",
        "tsx",
      ],
    });
    const contender = new Contender(kind, child);
    const ready = await contender.reply();
    if (ready.kind === "ready") contender.port = ready.port;
    return contender;
  }

  reply(): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.child.once("exit", (code) =>
        reject(new Error(`${this.kind} ended with ${String(code)}`)),
      );
      this.child.once("message", (message) => resolve(message as Reply));
    });
  }

  async ask(command: Command): Promise<Reply> {
    const reply = this.reply();
    this.child.send(command);
    return reply;
  }

  async usage(): Promise<{ micros: number; rss: number }> {
    const reply = await this.ask({ kind: "cpu" });
    if (reply.kind !== "cpu")
      throw new Error(`${this.kind} answered ${reply.kind}`);
    return reply;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.removeAllListeners("message");
    this.child.send({ kind: "stop" } satisfies Command);
    await gone;
  }
}

async function subscribe(
  contender: Contender,
  index: number,
  conversationId: string,
): Promise<void> {
  const path = contender.kind === "acked" ? "/graphql" : "";
  const socket = new WebSocket(
    `ws://127.0.0.1:${contender.port}${path}`,
    contender.kind === "raw" ? [] : ["graphql-transport-ws"],
    { perMessageDeflate: false },
  );
  contender.sockets.push(socket);
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const token = await signToken(secret, {
    userId: `member-${index}`,
    ttlSeconds: 3_600,
  });
  if (contender.kind !== "raw") {
    socket.send(
      JSON.stringify({
        type: "connection_init",
        payload: { authorization: `Bearer ${token}` },
      }),
    );
    await new Promise((resolve) => socket.once("message", resolve));
    socket.send(
      JSON.stringify({
        id: "1",
        type: "subscribe",
        payload: { query: watch, variables: { id: conversationId } },
      }),
    );
  }
  socket.on("message", (data: Buffer) => {
    contender.frames++;
    contender.frameBytes = data.length;
    if (
      contender.kind !== "raw" &&
      contender.frames === 1 &&
      process.env["SHOW"]
    )
      console.log(String(data));
  });
}

async function frames(contender: Contender, count: number): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (contender.frames < count) {
    if (Date.now() > deadline)
      throw new Error(
        `${contender.kind}: ${contender.frames} of ${count} frames`,
      );
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const database = await openBenchDatabase();
const pool = connect(database.url);
const services = createServices({
  db: pool.db,
  bus: createInProcessBus(),
  sweepMs: 60_000,
  onError: console.error,
});
const owner = { userId: "owner", isService: false, expiresAtMs: Infinity };
await services.users.ensure({
  id: "owner",
  displayName: null,
  avatarUrl: null,
});
const members = Array.from({ length: subscribers }, (_, i) => `member-${i}`);
const conversations = new Map<Kind, string>();
for (const kind of kinds) {
  const { id } = await services.conversations.create(owner, {
    id: `fanout-${kind}`,
    title: null,
    participantIds: members,
  });
  conversations.set(kind, id);
}

const contenders: Contender[] = [];
try {
  for (const kind of kinds)
    contenders.push(await Contender.start(kind, database.url));
  for (const contender of contenders)
    for (let i = 0; i < subscribers; i += 50)
      await Promise.all(
        members
          .slice(i, i + 50)
          .map((_, j) =>
            subscribe(
              contender,
              i + j,
              conversations.get(contender.kind) ?? "",
            ),
          ),
      );

  const perFrame = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]));
  let bytes = 700;
  for (let round = -1; round < rounds; round++)
    for (const contender of [...contenders].sort(() => (round % 2 ? 1 : -1))) {
      const conversationId = conversations.get(contender.kind) ?? "";
      const expected = contender.frames + eventsPerRound * subscribers;
      const seqs: number[] = [];
      for (let event = 0; event < eventsPerRound; event++) {
        const clientId = `${contender.kind}-${round}-${event}`;
        const draft = {
          conversationId,
          clientId,
          body: "hi",
          type: "text",
          fileType: null,
          senderId: null,
        };
        seqs.push((await services.messages.send(owner, draft)).message.seq);
      }
      const before = await contender.usage();
      for (const seq of seqs) {
        const { version } = await services.conversations.get(conversationId);
        const next = contender.frames + subscribers;
        await contender.ask({
          kind: "fire",
          bytes,
          userId: `member-${seq % subscribers}`,
          conversationId,
          seq,
          version,
        });
        await frames(contender, next);
      }
      await frames(contender, expected);
      const after = await contender.usage();
      if (round >= 0)
        perFrame
          .get(contender.kind)
          ?.push(
            (after.micros - before.micros) / (eventsPerRound * subscribers),
          );
      if (contender.kind === "acked") bytes = contender.frameBytes;
    }

  const figure = (kind: Kind) => median(perFrame.get(kind) ?? []);
  const ratio = figure("acked") / figure("raw");
  const saved = figure("stock") / figure("acked");
  printTable(
    `Fan-out: ${subscribers} subscribers, frames of ${bytes} bytes, server CPU per delivered frame`,
    ["", "µs per frame", "spread", "× raw", "goal"],
    [
      [
        "raw ws broadcast",
        figure("raw").toFixed(1),
        spread(perFrame.get("raw") ?? []),
        "1.00",
        "",
      ],
      [
        "Acked",
        figure("acked").toFixed(1),
        spread(perFrame.get("acked") ?? []),
        ratio.toFixed(2),
        `≤ 1.50 ${ratio <= 1.5 ? "✓" : "✗"}`,
      ],
      [
        "executing for each",
        figure("stock").toFixed(1),
        spread(perFrame.get("stock") ?? []),
        (figure("stock") / figure("raw")).toFixed(2),
        `≥ 5 × Acked: ${saved.toFixed(1)} ${saved >= 5 ? "✓" : "✗"}`,
      ],
    ],
  );
} finally {
  for (const contender of contenders) await contender.stop();
  services.hub.close();
  await pool.close();
  await database.close();
}
