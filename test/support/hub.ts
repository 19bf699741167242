import { afterAll, beforeAll } from "vitest";
import { connect, type Database } from "../../src/db/connect.js";
import type { Bus, Notice } from "../../src/bus/bus.js";
import { createInProcessBus } from "../../src/bus/in-process-bus.js";
import { rightsQueries } from "../../src/domain/conversations/rights-queries.js";
import { createChanges } from "../../src/stream/changes.js";
import { createStreamCursors } from "../../src/stream/cursor.js";
import { Head } from "../../src/stream/head.js";
import { Hub } from "../../src/stream/hub.js";
import type {
  EventSink,
  StreamEvent,
  StreamRequest,
} from "../../src/stream/subscription.js";
import { logQueries } from "../../src/stream/log-queries.js";
import { unobserved } from "../../src/stream/observer.js";
import { orderQueries } from "../../src/stream/order-queries.js";
import { Preferences } from "../../src/stream/preferences.js";
import { Resume } from "../../src/stream/resume.js";
import { sweepQueries } from "../../src/stream/sweep-queries.js";
import { createLastSwitch } from "../../src/stream/last-switch.js";
import { switchQueries } from "../../src/stream/switch-queries.js";
import { enterTimeline, findNewTimeline } from "../../src/stream/timeline.js";
import { createServices, type Services } from "../../src/services.js";
import type { Viewer } from "../../src/auth/viewer.js";
import type { MessageRef } from "../../src/domain/messages/message-id.js";
import { createTestDatabase, testSecret } from "./server.js";

/** Somebody with a token that never ends. */
export function viewer(userId: string): Viewer {
  return { userId, isService: false, expiresAtMs: Infinity };
}

/** A bus that can lose notices. */
export interface LossyBus extends Bus {
  /** While true, nothing that is published is heard. */
  isDeaf: boolean;
}

/** Makes a bus that can be told to lose what is published. */
function createLossyBus(bus: Bus): LossyBus {
  const lossy: LossyBus = {
    get isConnected() {
      return bus.isConnected;
    },
    listen: (...listener) => bus.listen(...listener),
    close: () => bus.close(),
    isDeaf: false,
    publish(notice: Notice) {
      if (!lossy.isDeaf) bus.publish(notice);
    },
  };
  return lossy;
}

/** Called before and after each read that the hub makes. */
export type Gate = (point: string) => Promise<void> | void;

/** A hub and services on a real database, with a gate at each read that the hub makes. */
export interface HubRig {
  /** The database's URL. */
  readonly url: string;
  readonly services: Services;
  readonly hub: Hub;
  readonly bus: LossyBus;
  readonly database: Database;
  /** Where the hub's stream stands: cursors are made from it. */
  readonly head: Head;
  /** What the hub's reads pass. */
  gate: Gate;
  close(): Promise<void>;
}

/** Wires a hub whose reads can be held up. It sweeps only when told to. */
export async function createHubRig(
  databaseUrl: string,
  carrier: Bus = createInProcessBus(),
): Promise<HubRig> {
  const database = connect(databaseUrl);
  const bus = createLossyBus(carrier);
  const failures: unknown[] = [];
  const onError = (error: unknown) => void failures.push(error);
  const services = await createServices({
    db: database.db,
    bus,
    cursorSecret: testSecret,
    sweepMs: 60_000,
    onError,
  });
  const gate: Gate = (point) => rig.gate(point);
  const { db } = database;
  const order = gated(orderQueries(db), gate);
  const { number, snapshot } = await enterTimeline(db);
  const cursors = createStreamCursors(services.seal);
  const head = new Head(cursors, number, snapshot);
  const preferences = new Preferences(snapshot);
  const changes = createChanges(logQueries(db), preferences, head);
  const rig: HubRig = {
    url: databaseUrl,
    services,
    bus,
    database,
    head,
    gate: () => undefined,
    hub: new Hub({
      ...{ bus, order, head, preferences, onError },
      sweepMs: 60_000,
      changes: gated(changes, gate),
      view: services.view,
      readBadge: services.unread.badge,
      messages: gated(services.messages, gate),
      rights: gated(rightsQueries(db), gate),
      resume: gated(new Resume(order, head), gate),
      sweeps: gated(sweepQueries(db), gate),
      lastSwitch: createLastSwitch(switchQueries(db)),
      findNewTimeline: () => findNewTimeline(db, head, order),
      observer: unobserved,
    }),
    async close() {
      rig.hub.close();
      services.hub.close();
      await bus.close();
      await database.close();
      if (failures.length > 0) throw failures[0];
    },
  };
  return rig;
}

/** A rig on a database of its own for a test file; asked for by its tests. */
export function rigForFile(): () => HubRig {
  let rig: HubRig;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await createTestDatabase();
    drop = database.drop;
    rig = await createHubRig(database.url);
  });
  afterAll(async () => {
    await rig.close();
    await drop();
  });
  return () => rig;
}

/** The same object, every asynchronous method of which passes a gate before and after. */
function gated<T extends object>(target: T, gate: Gate): T {
  return new Proxy(target, {
    get(object, name, receiver) {
      const method: unknown = Reflect.get(object, name, receiver);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        await gate(`before ${String(name)}`);
        const result: unknown = await Reflect.apply(method, object, args);
        await gate(`after ${String(name)}`);
        return result;
      };
    },
  });
}

/** One subscriber. */
export interface Listener extends Pick<StreamRequest, "operation" | "sink"> {
  readonly events: StreamEvent[];
  /** How often the operation was executed. */
  executions: number;
  isCongested: boolean;
  isComplete: boolean;
  drain(): void;
}

/** A sink that keeps what it is sent, and an operation that sends the event as it is. */
export function listener(): Listener {
  let resume: (() => void)[] = [];
  const self: Listener = {
    events: [],
    executions: 0,
    isCongested: false,
    isComplete: false,
    drain() {
      self.isCongested = false;
      const waiting = resume;
      resume = [];
      for (const go of waiting) go();
    },
    operation: {
      key: "the same",
      isPerViewer: false,
      execute: (event: StreamEvent) => {
        self.executions++;
        return Promise.resolve(Buffer.from(JSON.stringify(event)));
      },
    },
    sink: {
      send: (payload: Buffer) =>
        void self.events.push(JSON.parse(payload.toString()) as StreamEvent),
      get isCongested() {
        return self.isCongested;
      },
      whenDrained: (go: () => void) => void resume.push(go),
      complete: () => void (self.isComplete = true),
    } satisfies EventSink,
  };
  return self;
}

/** Makes a conversation and answers its id. */
export async function converse(
  services: Services,
  owner: string,
  others: readonly string[],
): Promise<string> {
  const { id } = await services.conversations.create(viewer(owner), {
    id: null,
    title: null,
    participantIds: others,
  });
  return id;
}

/** Sends a message and answers its place. */
export async function say(
  services: Services,
  userId: string,
  conversationId: string,
  body = "hi",
): Promise<MessageRef> {
  const draft = {
    conversationId,
    clientId: crypto.randomUUID(),
    body,
    type: "text",
    fileType: null,
    senderId: null,
  };
  const { message } = await services.messages.send(viewer(userId), draft);
  return { conversationId, seq: message.seq };
}
