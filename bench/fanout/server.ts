import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GraphQLError, parse, type ExecutionArgs } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { pino } from "pino";
import { WebSocketServer } from "ws";
import { readConfig } from "../../src/config.js";
import { sharedContext } from "../../src/graphql/context.js";
import { createSchema } from "../../src/graphql/schema.js";
import type { ChangeModel } from "../../src/receipts/change.js";
import { startServer } from "../../src/server.js";
import type { Command, Reply } from "./protocol.js";

// One of the three servers that are compared, as a process of its own, so that its CPU is its own.

const kind = process.argv[2];
const databaseUrl = process.argv[3] ?? "";
const secret = "a secret of at least thirty-two bytes, for benchmarks";

interface Contender {
  readonly port: number;
  /** Sends one event to every subscriber. */
  fire(event: Extract<Command, { kind: "fire" }>): Promise<void>;
}

/** The floor: the same bytes written to every socket. */
async function raw(): Promise<Contender> {
  const server = createServer();
  const wss = new WebSocketServer({ server, perMessageDeflate: false });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    fire({ bytes }) {
      const frame = Buffer.alloc(bytes, "x");
      for (const socket of wss.clients) socket.send(frame, { binary: false });
      return Promise.resolve();
    },
  };
}

async function acked(): Promise<
  Contender & { server: Awaited<ReturnType<typeof startServer>> }
> {
  const config = readConfig({
    PORT: "0",
    DATABASE_URL: databaseUrl,
    AUTH_JWT_SECRET: secret,
    LOG_LEVEL: "silent",
  });
  const server = await startServer(config, pino({ level: "silent" }));
  return {
    server,
    port: Number(new URL(server.url).port),
    async fire({ userId, conversationId, seq }) {
      const viewer = { userId, isService: false, expiresAtMs: Infinity };
      await server.services.receipts.mark(
        viewer,
        "READ",
        { conversationId, seq },
        { upTo: false },
      );
    },
  };
}

/** The stock way: graphql-ws executes the subscription for each subscriber. */
async function stock(): Promise<Contender> {
  const { server: inner, fire } = await acked();
  const schema = createSchema();
  const { services } = inner;
  const audience = { self: null, seesReads: true, visible: null };
  const listeners = new Set<(change: ChangeModel) => void>();
  const root = schema.getSubscriptionType()?.getFields()[
    "messageStatusChanged"
  ];
  if (!root) throw new GraphQLError("no messageStatusChanged");
  root.subscribe = async function* () {
    const waiting: ChangeModel[] = [];
    let wake = (): void => undefined;
    const listener = (change: ChangeModel) => {
      waiting.push(change);
      wake();
    };
    listeners.add(listener);
    try {
      for (;;) {
        const change = waiting.shift();
        if (change) yield { messageStatusChanged: change };
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      listeners.delete(listener);
    }
  };
  const server = createServer();
  const wss = new WebSocketServer({ server, perMessageDeflate: false });
  const documents = new Map<string, ExecutionArgs["document"]>();
  useServer(
    {
      schema,
      parse: (source) => {
        const text = typeof source === "string" ? source : source.body;
        const known = documents.get(text) ?? parse(text);
        documents.set(text, known);
        return known;
      },
      context: () => ({
        ...sharedContext(services, randomUUID(), audience, null),
      }),
    },
    wss,
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  let version = 0;
  return {
    port: (server.address() as AddressInfo).port,
    async fire(event) {
      await fire(event);
      const set = await services.changes.since(event.conversationId, {
        version: event.version,
        lastSeq: 0,
      });
      const change = await services.changes.toModel(
        set,
        { audience, sentBy: null },
        `cursor-${++version}`,
      );
      if (change) for (const listener of listeners) listener(change);
    },
  };
}

const contender = await (kind === "raw"
  ? raw()
  : kind === "acked"
    ? acked()
    : stock());
const reply = (message: Reply) => process.send?.(message);

process.on("message", (command: Command) => {
  if (command.kind === "fire")
    contender.fire(command).then(
      () => reply({ kind: "fired" }),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  else if (command.kind === "cpu") {
    const { user, system } = process.cpuUsage();
    reply({
      kind: "cpu",
      micros: user + system,
      rss: process.memoryUsage().rss,
    });
  } else process.exit(0);
});
reply({ kind: "ready", port: contender.port });
