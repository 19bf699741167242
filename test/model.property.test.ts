import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { createClient } from "graphql-ws";
import { describe, it } from "vitest";
import { WebSocket } from "ws";
import { tireless } from "./support/fair.js";
import { waitFor } from "./support/wait.js";
import { serverForFile } from "./support/for-file.js";
import {
  NaiveModel,
  type Answer,
  type BadgeView,
  type Extras,
  type Message,
  type Participation,
  type ParticipantView,
  type ReceiptKind,
  type ReceiptPolicy,
  type SyncItem,
} from "./support/naive-model.js";

// Random lives of a conversation, told at once to the service and to the naive model; after each step
// every user's whole view is compared. `ACKED_PROPERTY_RUNS` raises the number of lives, and
// `ACKED_PROPERTY_SEED` repeats those of a failure.

/** Only the failure of a seed that is given is made simpler: that takes many lives more. */
const isRepeat = process.env["ACKED_PROPERTY_SEED"] !== undefined;
const RUNS = Number(process.env["ACKED_PROPERTY_RUNS"] ?? 60);
const SEED = Number(process.env["ACKED_PROPERTY_SEED"] ?? Date.now() % 2 ** 31);
const STEPS = 80;
/** Lives lived side by side: one waits for Postgres while another compares. */
const LANES = 4;
/** Of a disagreement, no more than a screen. */
const LINES_SHOWN = 12;

/** The service as this test needs it: any user's document in, data or errors out. */
interface Api {
  execute<T>(
    userId: string,
    document: string,
    variables?: Record<string, unknown>,
  ): Promise<Outcome<T>>;
  /** The same as the host app. */
  serve<T>(
    document: string,
    variables: Record<string, unknown>,
  ): Promise<Outcome<T>>;
  /** The same over a socket that lasts, which is cheaper for who asks as often as this test. */
  connect(userId: string): Socket;
}

interface Outcome<T> {
  data: T | null;
  errors?: readonly { message: string; extensions?: { code?: string } }[];
}

interface Socket {
  ask<T>(
    document: string,
    variables: Record<string, unknown>,
  ): Promise<SocketOutcome<T>>;
  /** The badges that the user is told, from now on. */
  badges(): Badges;
  close(): Promise<void>;
}

interface Badges {
  /** All that were told, in order. */
  readonly told: readonly BadgeView[];
}

interface SocketOutcome<T> {
  data?: T | null | undefined;
  errors?: readonly unknown[] | undefined;
}

const server = serverForFile({}, { fair: tireless });

const api: Api = {
  execute: (userId, document, variables) =>
    server.execute(userId, document, variables),
  async serve<T>(query: string, variables: Record<string, unknown>) {
    const token = await server.token("host-app", { isService: true });
    return server.post<T>(
      { authorization: `Bearer ${token}` },
      { query, variables },
    );
  },
  connect(userId) {
    const client = createClient({
      url: server.wsUrl,
      webSocketImpl: WebSocket,
      lazyCloseTimeout: 60_000,
      retryAttempts: 0,
      connectionParams: async () => ({
        authorization: `Bearer ${await server.token(userId)}`,
      }),
    });
    return {
      async ask<T>(query: string, variables: Record<string, unknown>) {
        for await (const result of client.iterate<T>({ query, variables })) {
          return result;
        }
        throw new Error("the operation completed without a result");
      },
      badges() {
        const told: BadgeView[] = [];
        client.subscribe<{ badgeChanged: BadgeView }>(
          { query: `subscription { badgeChanged { ${BADGE} } }` },
          {
            next: ({ data }) => {
              if (data) told.push(data.badgeChanged);
            },
            error: () => undefined,
            complete: () => undefined,
          },
        );
        return { told };
      },
      close: async () => client.dispose(),
    };
  },
};

describe.concurrent("the service agrees with the naive model", () => {
  for (let lane = 1; lane <= LANES; lane += 1) {
    it(
      `R1–R20, R22, R31, R32, R33, R34, R35, R36, R37, R38, R39, R40, R41, R42, R43, R44, R57, R58: in any life of a conversation (lane ${String(lane)})`,
      { timeout: 1_800_000 },
      async () => {
        const result = await fc.check(
          fc.asyncProperty(lives, (life) => live(api, life)),
          {
            numRuns: Math.ceil(RUNS / LANES),
            seed: SEED + lane - 1,
            endOnFailure: !isRepeat,
          },
        );
        if (!result.failed) return;
        const reason =
          result.errorInstance instanceof Error
            ? result.errorInstance.message
            : String(result.errorInstance);
        throw new Error(
          `${reason}\n\nafter ${String(result.numRuns)} lives and ${String(result.numShrinks)} ` +
            `simplifications; again: ACKED_PROPERTY_SEED=${String(SEED)}`,
        );
      },
    );
  }
});

// What can happen.

type Action =
  | {
      op: "create";
      by: string;
      conversation: string;
      others: string[];
      observers: string[];
      policy: ReceiptPolicy;
    }
  | {
      op: "add";
      by: string;
      conversation: string;
      users: string[];
      participation: Participation;
    }
  | {
      op: "participate";
      by: string;
      conversation: string;
      user: string;
      participation: Participation;
    }
  | {
      op: "policy";
      by: string;
      conversation: string;
      policy: ReceiptPolicy;
    }
  | { op: "remove"; by: string; conversation: string; user: string }
  | {
      op: "send";
      by: string;
      conversation: string;
      clientId: string;
      body: string | null;
      extras: Extras;
      /** So many devices send it at once. */
      times: number;
    }
  | { op: "delete"; by: string; message: string }
  | {
      op: "mark";
      by: string[];
      kind: ReceiptKind;
      message: string;
      /** The conversation of a bulk mark; null marks the message alone. */
      upToIn: string | null;
      /** So many devices of each user mark it at once. */
      times: number;
      /** What the devices had seen, for reads by one user; null where they do not say. */
      seen: number | null;
    }
  | { op: "flag"; by: string; conversation: string; from: string | null }
  | { op: "mute"; by: string; conversation: string; isMuted: boolean }
  | { op: "sync"; by: string; items: SyncItem[] }
  | { op: "prefer"; by: string; enabled: boolean }
  | { op: "deactivate" | "reactivate" | "erase"; user: string };

function inWords(action: Action): string {
  switch (action.op) {
    case "create":
      return `${action.by} makes ${action.conversation} with ${listed(action.others)}, observed by ${listed(action.observers)}, under ${action.policy}`;
    case "add":
      return `${action.by} adds ${listed(action.users)} to ${action.conversation} as ${action.participation}`;
    case "participate":
      return `${action.by} makes ${action.user} ${action.participation} in ${action.conversation}`;
    case "policy":
      return `${action.by} puts ${action.conversation} under ${action.policy}`;
    case "remove":
      return action.by === action.user
        ? `${action.by} leaves ${action.conversation}`
        : `${action.by} removes ${action.user} from ${action.conversation}`;
    case "send":
      return `${action.by} sends ${shortened(action.body)} as ${shortened(action.clientId)} to ${action.conversation}${inWordsExtras(action.extras)}${atOnce(action.times)}`;
    case "delete":
      return `${action.by} deletes ${action.message}`;
    case "mark":
      return `${listed(action.by)} ${inWordsMark(action.kind, action.message, action.upToIn)}${inWordsSeen(action.seen)}${atOnce(action.times * action.by.length)}`;
    case "flag":
      return `${action.by} marks ${action.conversation} as unread from ${action.from ?? "the newest"} on`;
    case "mute":
      return `${action.by} ${action.isMuted ? "mutes" : "unmutes"} ${action.conversation}`;
    case "sync":
      return `${action.by} syncs: ${action.items.map(({ kind, messageId, upTo, seen = null }) => `${inWordsMark(kind, messageId, upTo ? "its conversation" : null)}${inWordsSeen(seen)}`).join("; ")}`;
    case "prefer":
      return `${action.by} turns read receipts ${action.enabled ? "on" : "off"}`;
    case "deactivate":
    case "reactivate":
    case "erase":
      return `the host app ${action.op}s ${action.user}`;
  }
}

function inWordsMark(
  kind: ReceiptKind,
  message: string,
  upToIn: string | null,
): string {
  const verb = kind === "READ" ? "reads" : "receives";
  return upToIn === null
    ? `${verb} ${message}`
    : `${verb} all up to ${message} in ${upToIn}`;
}

function inWordsSeen(seen: number | null): string {
  return seen === null ? "" : ` having seen ${String(seen)}`;
}

function inWordsExtras({
  countsAsUnread,
  mentions,
  mentionsAll,
}: Extras): string {
  const all = mentionsAll ? [...mentions, "all"] : mentions;
  return `${countsAsUnread ? "" : " silently"}${all.length > 0 ? ` for ${listed(all)}` : ""}`;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "nobody" : names.join(", ");
}

function shortened(text: string | null): string {
  if (text === null) return "no body";
  return text.length > 20 ? `${String(text.length)} characters` : `"${text}"`;
}

function atOnce(times: number): string {
  return times > 1 ? ` (${String(times)} at once)` : "";
}

// Dice for what happens: kept apart from the state they are thrown in, so that any of them can be
// taken out of a failing life and the rest still means something. Zero is the most ordinary choice.

const STEP_KINDS = [
  ["send", 14],
  ["markRead", 8],
  ["markDelivered", 8],
  ["bulkRead", 6],
  ["bulkDelivered", 5],
  ["sync", 4],
  ["delete", 4],
  ["flag", 6],
  ["mute", 3],
  ["add", 7],
  ["leave", 3],
  ["remove", 4],
  ["prefer", 5],
  ["participate", 4],
  ["policy", 3],
  ["goOrReturn", 3],
  ["erase", 1],
  ["create", 1],
] as const;

interface Step {
  kind: (typeof STEP_KINDS)[number][0];
  where: number;
  who: number;
  what: number;
  how: number;
}

interface Life {
  users: number;
  members: number;
  policy: ReceiptPolicy;
  steps: Step[];
}

const anyLife: fc.Arbitrary<Life> = fc.record({
  users: fc.integer({ min: 3, max: 6 }),
  members: fc.integer({ min: 1, max: 6 }),
  policy: fc.constantFrom<ReceiptPolicy>("FULL", "FULL", "COUNTS", "OFF"),
  steps: fc.array(
    fc.record({
      kind: fc.constantFrom(
        ...STEP_KINDS.flatMap(([kind, weight]) =>
          Array.from({ length: weight }, () => kind),
        ),
      ),
      where: fc.nat(999),
      who: fc.nat(999),
      what: fc.nat(999),
      how: fc.nat(999),
    }),
    { minLength: STEPS, maxLength: STEPS },
  ),
});

/**
 * Full-length lives that shrink by leaving steps out, in halves, quarters and so on. fast-check's own
 * arrays of a fixed length cannot get shorter, and those of any length are mostly short.
 */
class LifeArbitrary extends fc.Arbitrary<Life> {
  override generate(random: fc.Random, bias: number | undefined) {
    return new fc.Value(anyLife.generate(random, bias).value, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Life {
    return value === undefined; // Lives come from generate alone.
  }

  override shrink(life: Life): fc.Stream<fc.Value<Life>> {
    return fc.stream(simpler(life)).map((it) => new fc.Value(it, undefined));
  }
}

const lives = new LifeArbitrary();

function* simpler(life: Life): IterableIterator<Life> {
  const { steps } = life;
  const length = steps.length;
  for (let cut = Math.ceil(length / 2); cut >= 1; cut = Math.floor(cut / 2)) {
    for (let end = length; end > 0; end -= cut) {
      const start = Math.max(0, end - cut);
      yield { ...life, steps: steps.toSpliced(start, end - start) };
    }
  }
  if (life.users > 3) yield { ...life, users: life.users - 1 };
  if (life.members > 1) yield { ...life, members: life.members - 1 };
  for (const [index, step] of steps.entries()) {
    for (const die of ["where", "who", "how", "what"] as const) {
      if (step[die] === 0) continue;
      yield { ...life, steps: steps.with(index, { ...step, [die]: 0 }) };
    }
  }
}

/** What a step means in the state that the model is in. */
function resolve(step: Step, model: NaiveModel, users: string[]): Action {
  const { kind, where, who, what, how } = step;
  const conversation =
    where % 16 === 15 ? "Z" : where % 4 === 3 && has(model, "B") ? "B" : "A";
  const members = users.filter((id) => model.isParticipant(id, conversation));
  const others = users.filter((id) => !members.includes(id));
  const by = pick(who % 8 === 7 || !members.length ? users : members, who >> 3);
  const times = how % 5 === 4 ? 3 : 1;

  switch (kind) {
    case "send":
      return resolveSend(step, model, users, by, conversation, times);
    case "markRead":
    case "markDelivered":
    case "bulkRead":
    case "bulkDelivered":
      return {
        op: "mark",
        by: how % 8 === 7 && members.length ? members : [by],
        kind: kind.endsWith("Read") ? "READ" : "DELIVERED",
        message: pickMessage(model, by, conversation, what),
        upToIn: kind.startsWith("bulk") ? conversation : null,
        times,
        seen: kind.endsWith("Read") ? seenBy(step, model) : null,
      };
    case "flag":
      return {
        op: "flag",
        by,
        conversation,
        from: how % 4 === 3 ? null : pickMessage(model, by, conversation, what),
      };
    case "mute":
      return { op: "mute", by, conversation, isMuted: how % 3 < 2 };
    case "sync":
      return {
        op: "sync",
        by,
        items: Array.from({ length: 1 + (how % 4) }, (_, index) => ({
          messageId: pickMessage(model, by, conversation, what + 7 * index),
          kind: (how >> index) & 4 ? "READ" : "DELIVERED",
          upTo: ((how >> index) & 8) > 0,
          seen: seenBy({ ...step, what: what + 5 * index }, model),
        })),
      };
    case "delete": {
      const own = model
        .messages()
        .filter(({ senderId }) => senderId === by)
        .map(({ id }) => id);
      const message =
        what % 3 < 2 && own.length
          ? pick(own, what >> 2)
          : pickMessage(model, by, conversation, what);
      return { op: "delete", by, message };
    }
    case "leave":
      if (members.length > 1 || how % 4 === 3) {
        return { op: "remove", by, conversation, user: by };
      }
      return {
        ...{ op: "add", by, conversation, users: [pick(users, what)] },
        participation: "RECIPIENT",
      };
    case "remove": {
      const owners = members.filter((id) => isOwner(model, conversation, id));
      const remover = who % 4 < 3 && owners.length ? pick(owners, who) : by;
      const targets = members.filter((id) => id !== remover);
      const user = pick(
        what % 6 === 5 || !targets.length ? users : targets,
        what >> 3,
      );
      return { op: "remove", by: remover, conversation, user };
    }
    case "add": {
      const wanted = how % 4 === 3 || !others.length ? users : others;
      const first = pick(wanted, what);
      const added = how % 8 > 5 ? [first, pick(users, what >> 3)] : [first];
      const participation = what % 4 === 3 ? "OBSERVER" : "RECIPIENT";
      return { op: "add", by, conversation, users: added, participation };
    }
    case "participate":
    case "policy": {
      const owners = members.filter((id) => isOwner(model, conversation, id));
      const owner = who % 4 < 3 && owners.length ? pick(owners, who) : by;
      if (kind === "policy") {
        const policy = pick(["COUNTS", "FULL", "OFF"] as const, what);
        return { op: "policy", by: owner, conversation, policy };
      }
      const user = pick(members.length ? members : users, what >> 1);
      const participation = how % 2 ? "RECIPIENT" : "OBSERVER";
      return {
        op: "participate",
        by: owner,
        conversation,
        user,
        participation,
      };
    }
    case "prefer":
      return { op: "prefer", by, enabled: how % 2 === 1 };
    case "create":
      return resolveCreate(step, model, users, by);
    case "goOrReturn": {
      // Whoever has gone comes back soon: a life without people shows nothing.
      const gone = users.filter((id) => model.deactivated.has(id));
      return how % 4 < 3 && gone.length > 0
        ? { op: "reactivate", user: pick(gone, what) }
        : { op: "deactivate", user: pick(users, what) };
    }
    case "erase":
      // Two are left, so that something goes on.
      return users.length > 2
        ? { op: "erase", user: pick(users, what) }
        : { op: "mute", by, conversation, isMuted: true };
  }
}

/** What a device had seen when it read: nothing said, or everything up to some moment. */
function seenBy({ what, how }: Step, model: NaiveModel): number | null {
  if (how % 3 !== 2) return null;
  return Math.max(1, model.erasedAt, model.now - (what % 12));
}

function resolveSend(
  { what, how }: Step,
  model: NaiveModel,
  users: string[],
  by: string,
  conversation: string,
  times: number,
): Action {
  const number = String(model.messages().length + 1);
  const body = what % 7 === 6 ? null : `m${number}`;
  const extras: Extras = {
    countsAsUnread: what % 5 !== 4,
    mentions:
      what % 3 === 1 ? [pick(users, what >> 2), pick(users, what >> 4)] : [],
    mentionsAll: what % 11 === 7,
  };
  const fresh = { op: "send", by, conversation, times, extras } as const;
  const variant = how % 12;
  const own = model.messages().filter(({ senderId }) => senderId === by);
  if (variant >= 9 && variant <= 10 && own.length) {
    const earlier = pick(own, what);
    const { clientId, conversationId, sentBody } = earlier;
    if (variant === 9) {
      return {
        ...fresh,
        conversation: conversationId,
        clientId,
        body: sentBody,
        extras: earlier.extras,
      };
    }
    if (what % 5 === 3) {
      return {
        ...fresh,
        conversation: conversationId,
        clientId,
        body: sentBody,
        extras: { ...earlier.extras, mentionsAll: !earlier.extras.mentionsAll },
      };
    }
    return what % 2 && has(model, "B")
      ? {
          ...fresh,
          conversation: conversationId === "A" ? "B" : "A",
          clientId,
          body: sentBody,
        }
      : { ...fresh, conversation: conversationId, clientId, body: "another" };
  }
  if (variant === 11 && model.isParticipant(by, conversation)) {
    return what % 2
      ? { ...fresh, clientId: "c".repeat(129), body }
      : { ...fresh, clientId: `c${number}`, body: "é".repeat(32_769) };
  }
  return { ...fresh, clientId: `c${number}`, body };
}

/** Makes B, or what exists again: with the same people, or with others. */
function resolveCreate(
  { what, how }: Step,
  model: NaiveModel,
  users: string[],
  by: string,
): Action {
  const some = users.filter((_, index) => (what >> index) & 1);
  if (!has(model, "B")) {
    const observers = users.filter((_, index) => (how >> index) & 1);
    const policy = pick(["FULL", "COUNTS", "OFF"] as const, what);
    return {
      ...{ op: "create", by, conversation: "B", others: some },
      ...{ observers, policy },
    };
  }
  const conversation = what % 2 ? "A" : "B";
  const participants = model.conversation(conversation)?.participants ?? [];
  const stays = participants.flatMap((participant) => participant.stays);
  const untouched =
    new Set(stays.map(({ from }) => from)).size === 1 &&
    stays.every(({ to }) => to === null);
  // Whether 'the same participants' are the first or the present ones is not said.
  if (!untouched) return { op: "prefer", by, enabled: true };
  const others =
    how % 3 === 2 ? some : participants.map(({ userId }) => userId).reverse();
  return {
    ...{ op: "create", by, conversation, others },
    ...{ observers: [], policy: "FULL" },
  };
}

/** Mostly a message for the user; also any other, one of the other conversation, and none at all. */
function pickMessage(
  model: NaiveModel,
  by: string,
  conversation: string,
  what: number,
): string {
  const variant = what % 12;
  const index = Math.floor(what / 12);
  const all = model.messages();
  const here = all.filter((it) => it.conversationId === conversation);
  const elsewhere = all.filter((it) => it.conversationId !== conversation);
  const forThem = here.filter(
    (it) => it.senderId !== by && model.visibleMessage(by, it.id) !== undefined,
  );
  const choices =
    variant === 11
      ? []
      : variant === 10
        ? elsewhere
        : variant === 9 || !forThem.length
          ? here
          : forThem;
  return choices.length ? pick(choices, index).id : "nothing";
}

function pick<T>(choices: readonly T[], die: number): T {
  const choice = choices[die % choices.length];
  if (choice === undefined) throw new Error("nothing to pick from");
  return choice;
}

function has(model: NaiveModel, conversation: string): boolean {
  return model.conversation(conversation) !== undefined;
}

function isOwner(model: NaiveModel, conversation: string, user: string) {
  return model
    .participantsFor(user, conversation)
    .some(({ userId, role }) => userId === user && role === "OWNER");
}

// A life, told to both.

/** Stands for a value that the server makes up: any at first, and the same one ever after. */
class Once {
  readonly key: string;
  constructor(key: string) {
    this.key = key;
  }
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What may make a status go back. */
const turning: ReadonlySet<Action["op"]> = new Set([
  ...(["add", "remove", "prefer", "participate"] as const),
  ...(["deactivate", "reactivate", "erase"] as const),
]);
/** What nobody need be told of but the user who does it, and whoever sees a status change by it. */
const marking: ReadonlySet<Action["op"]> = new Set([
  ...(["mark", "sync", "flag", "mute"] as const),
]);
/** The stream is compared after so many steps, so that it has something to merge. */
const STEPS_BETWEEN_LOOKS = 3;

/** Who does something; nobody where the host app does. */
function actorsOf(action: Action): readonly string[] {
  return "by" in action ? [action.by].flat() : [];
}

/** What the service and the model disagree about, in readable lines. */
class Disagreement extends Error {}

interface Call {
  /** A user; null for the host app. */
  by: string | null;
  document: string;
  variables: Record<string, unknown>;
  /** The whole `data`, or the code of the error. */
  expected: object | string;
}

async function live(api: Api, life: Life): Promise<void> {
  const scene = new Scene(api, life.users);
  const told: string[] = [];
  const tell = async (action: Action) => {
    told.push(`${String(told.length + 1).padStart(3)}. ${inWords(action)}`);
    await scene.tell(action);
  };
  try {
    const [creator = "", ...others] = scene.users;
    const members = others.slice(0, life.members - 1);
    await tell({
      op: "create",
      by: creator,
      conversation: "A",
      others: members,
      observers: [],
      policy: life.policy,
    });
    for (const step of life.steps) {
      await tell(resolve(step, scene.model, scene.users));
    }
    await scene.comparePages();
  } catch (error) {
    const reason =
      error instanceof Disagreement ? error.message : String(error);
    throw new Error(`${told.join("\n")}\n\n${reason}`, { cause: error });
  } finally {
    await scene.close();
  }
}

/** One life: its users and conversations, under names of its own on the shared server. */
class Scene {
  readonly model = new NaiveModel();
  readonly #everybody: readonly string[];
  readonly #api: Api;
  readonly #suffix = randomUUID().slice(0, 8);
  readonly #sockets = new Map<string, Socket>();
  readonly #known = new Map<string, string>();
  /** Where the streams of A and B stood after each step, with the model's moment then, oldest first. */
  readonly #cursors: ({ now: number } & Cursors)[] = [];
  /** Where they stand now. */
  readonly #cursor: Cursors = { A: "", B: "" };
  /** The messages that the last step has flagged, by seq. */
  flagged: readonly number[] = [];
  readonly #badges = new Map<string, Badges>();
  /** What each viewer last saw of each message's status, since membership or preferences changed. */
  readonly #lastSeen = new Map<string, StatusData>();
  /** The stream when it was compared last, and who has done what since. */
  #looked: Look = { at: { A: "", B: "" }, shown: new Map() };
  readonly #done: { op: Action["op"]; by: readonly string[] }[] = [];
  #told = 0;

  constructor(api: Api, users: number) {
    this.#api = api;
    this.#everybody = Array.from(
      { length: users },
      (_, index) => `u${String(index)}`,
    );
  }

  /** All but those who were erased. */
  get users(): string[] {
    return this.#everybody.filter((name) => !this.model.erased.has(name));
  }

  /** Does it on both sides, then compares the answers and what everyone sees. */
  async tell(action: Action): Promise<void> {
    this.#told += 1;
    const before = this.#cursors.at(-1);
    const calls = callsFor(action, this.model, this);
    const answers = await Promise.all(
      calls.map(async ({ by, document, variables }) => {
        const answer = await (by === null
          ? this.#api.serve<object>(document, variables)
          : this.#api.execute<object>(this.id(by), document, variables));
        const [error] = answer.errors ?? [];
        const outcome = error
          ? (error.extensions?.code ?? error.message)
          : answer.data;
        return { by, outcome };
      }),
    );
    // Of calls made at once, any may be the one that changes something (R9).
    const found = this.differences(
      sorted(calls.map(({ by, expected }) => ({ by, outcome: expected }))),
      sorted(answers),
      "answers",
    );
    if (found.length > 0) throw new Disagreement(found.join("\n"));

    if (turning.has(action.op)) this.#lastSeen.clear();
    if (action.op === "erase") await this.#forget(action.user);
    this.#done.push({ op: action.op, by: actorsOf(action) });
    const wrong = (
      await Promise.all([
        ...this.users.map((viewer) => this.#compare(viewer)),
        ...this.users.map((viewer) => this.#compareBadge(viewer)),
        ...this.users.map((viewer) =>
          this.#compareEvents(viewer, action, before),
        ),
      ])
    ).flat();
    this.#cursors.push({ now: this.model.now, ...this.#cursor });
    if (this.#told % STEPS_BETWEEN_LOOKS === 0)
      wrong.push(...(await this.#compareStream()));
    if (wrong.length > 0) {
      throw new Disagreement(wrong.slice(0, LINES_SHOWN).join("\n"));
    }
  }

  /**
   * The cursor of a device that had seen everything up to a moment of the model: of the conversation of a message, or
   * now and then of the other one.
   */
  seen(messageId: string, tick: number): string {
    const at = this.#cursors.findLast(({ now }) => now <= tick);
    if (!at) throw new Error("nothing was seen then");
    const isOfB = messageId.startsWith("B") !== (tick % 3 === 0);
    return isOfB && at.B !== "" ? at.B : at.A;
  }

  /** The badge that a user is told (R38) comes to be what the model says, and no badge is told twice in a row. */
  async #compareBadge(viewer: string): Promise<string[]> {
    const badges = this.#badges.get(viewer) ?? this.#socket(viewer).badges();
    this.#badges.set(viewer, badges);
    const expected = inJson(this.model.badge(viewer));
    const last = () => inJson(badges.told.at(-1));
    await waitFor(() => {
      if (last() !== expected) throw new Error("not told yet");
    }).catch(() => undefined);
    const repeated = badges.told.findIndex(
      (badge, i) => inJson(badge) === inJson(badges.told[i + 1]),
    );
    return [
      ...(last() === expected
        ? []
        : [`${viewer} was told the badge ${last()}, not ${expected}`]),
      ...(repeated === -1 ? [] : [`${viewer} was told a badge twice`]),
    ];
  }

  /** Of flags their user is told alone, and of mutes nobody (R33, R37). */
  async #compareEvents(
    viewer: string,
    action: Action,
    before: Cursors | undefined,
  ): Promise<string[]> {
    if (action.op !== "flag" && action.op !== "mute") return [];
    const { conversation, by } = action;
    const after = conversation === "B" ? before?.B : before?.A;
    if (!after || !this.model.isParticipant(viewer, conversation)) return [];
    const { data } = await this.#ask<{
      statusChanges: { nodes: { reset: boolean }[] };
    }>(viewer, CHANGES, { after, conversation: this.id(conversation) });
    // An erasure, of another life too, takes changes away by which a cursor proves itself (R41).
    if (data?.statusChanges.nodes.some(({ reset }) => reset)) return [];
    const isTold =
      action.op === "flag" && viewer === by && this.flagged.length > 0;
    const messages = this.flagged.map((seq) => ({ seq })).reverse();
    const event = {
      ...{ reset: false, receipts: [] },
      ...{ messageCount: messages.length, messages },
    };
    return this.differences(
      isTold ? [event] : [],
      data?.statusChanges.nodes,
      `${viewer} told of ${conversation}`,
    );
  }

  /**
   * What everybody is told of since the last look: each message whose status is another now, no receipt that they are not
   * shown, and nothing at all where others have marked and nothing has changed for them (R22, R57).
   */
  async #compareStream(): Promise<string[]> {
    const before = this.#looked;
    const shown = new Map(
      this.users.flatMap((viewer) =>
        this.model
          .conversationsOf(viewer)
          .flatMap(({ id }) =>
            this.model
              .visibleMessages(viewer, id)
              .map((message): [string, string] => [
                `${viewer} ${message.id}`,
                this.#shownTo(viewer, message),
              ]),
          ),
      ),
    );
    const done = this.#done.splice(0);
    this.#looked = { at: { ...this.#cursor }, shown };
    const looks = this.users.flatMap((viewer) =>
      this.model
        .conversationsOf(viewer)
        .map(async ({ id }): Promise<string[]> => {
          const after = id === "B" ? before.at.B : before.at.A;
          if (after === "") return [];
          const path = `${viewer} told of ${id}`;
          const { data, errors } = await this.#ask<StreamData>(viewer, STREAM, {
            after,
            conversation: this.id(id),
          });
          if (!data) return [`${path}: ${inJson(errors)}`];
          const { nodes } = data.statusChanges;
          if (nodes.some(({ reset }) => reset)) return [];
          const told = new Set(
            nodes.flatMap(({ messages }) => messages.map(({ seq }) => seq)),
          );
          const changed = this.model
            .visibleMessages(viewer, id)
            .filter((message) => {
              const key = `${viewer} ${message.id}`;
              const was = before.shown.get(key);
              return was !== undefined && was !== shown.get(key);
            });
          const isQuiet =
            changed.length === 0 &&
            done.every(({ op, by }) => marking.has(op) && !by.includes(viewer));
          return [
            ...changed
              .filter(({ seq }) => !told.has(seq))
              .map(({ seq }) => `${path}: nothing of message ${String(seq)}`),
            ...(isQuiet && nodes.length > 0
              ? [`${path}: ${inJson(nodes)}, and nothing has changed`]
              : []),
            ...nodes.flatMap(({ receipts }) =>
              receipts.flatMap((receipt) =>
                this.#isShown(viewer, id, receipt)
                  ? []
                  : [`${path}: ${inJson(receipt)}, which they are not shown`],
              ),
            ),
          ];
        }),
    );
    return (await Promise.all(looks)).flat();
  }

  /** What may change of a message for a viewer. */
  #shownTo(viewer: string, message: Message): string {
    const { model } = this;
    const unread = model.unreadMessages(viewer, message.conversationId);
    return inJson([
      model.statusFor(viewer, message),
      message.deletedAt,
      unread.includes(message),
    ]);
  }

  /** Whether a receipt tells of states that the viewer is shown, of all messages in its run that were for its user. */
  #isShown(viewer: string, id: string, receipt: ReceiptData): boolean {
    const { kind, fromSeq, toSeq, participant } = receipt;
    return this.model
      .visibleMessages(viewer, id)
      .filter(({ seq }) => seq >= fromSeq && seq <= toSeq)
      .flatMap((message) => this.model.statusFor(viewer, message).recipients)
      .filter(({ userId }) => this.id(userId) === participant.user.id)
      .every(({ state }) => state === "READ" || state === kind);
  }

  /** An erased user is let in no more, and no longer asked (R41). */
  async #forget(user: string): Promise<void> {
    const { errors } = await this.#api.execute(
      this.id(user),
      "{ viewer { id } }",
    );
    const code = errors?.[0]?.extensions?.code;
    if (code !== "UNAUTHENTICATED")
      throw new Disagreement(`${user} was erased and gets ${inJson(code)}`);
    await this.#sockets.get(user)?.close();
    this.#sockets.delete(user);
    this.#badges.delete(user);
  }

  /** Pages through everyone's messages from both ends, three at a time. */
  async comparePages(): Promise<void> {
    for (const viewer of this.users) {
      for (const { id } of this.model.conversationsOf(viewer)) {
        const expected = this.model.visibleMessages(viewer, id);
        for (const direction of ["forward", "backward"] as const) {
          const found = this.differences(
            expected.map(({ seq }) => seq),
            await this.#page(viewer, id, direction),
            `${viewer} paging ${direction} in ${id}`,
          );
          if (found.length > 0) throw new Disagreement(found.join("\n"));
        }
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sockets.values()].map((it) => it.close()));
  }

  /** Asks over the viewer's socket; what changes something goes over HTTP. */
  #ask<T>(
    viewer: string,
    document: string,
    variables: Record<string, unknown>,
  ) {
    return this.#socket(viewer).ask<T>(document, variables);
  }

  #socket(viewer: string): Socket {
    const socket =
      this.#sockets.get(viewer) ?? this.#api.connect(this.id(viewer));
    this.#sockets.set(viewer, socket);
    return socket;
  }

  /** The server's id for a user or conversation of this life. */
  id(name: string): string {
    return `${name}-${this.#suffix}`;
  }

  /** The server's id for a message. */
  messageId(name: string): string {
    return this.#known.get(messageKey(name)) ?? `nothing-${this.#suffix}`;
  }

  /** Where what came differs from what should have, one line each. */
  differences(expected: unknown, actual: unknown, path: string): string[] {
    if (expected instanceof Once) {
      const known = this.#known.get(expected.key);
      if (known !== undefined) return this.differences(known, actual, path);
      const fits =
        typeof actual === "string" &&
        (!expected.key.startsWith("at ") || INSTANT.test(actual));
      if (!fits) return [`${path}: expected a value, got ${inJson(actual)}`];
      this.#known.set(expected.key, actual);
      return [];
    }
    if (!isObject(expected) || !isObject(actual)) {
      if (Object.is(expected, actual)) return [];
      return [`${path}: expected ${inJson(expected)}, got ${inJson(actual)}`];
    }
    const wanted = new Map<string, unknown>(Object.entries(expected));
    const got = new Map<string, unknown>(Object.entries(actual));
    return [...new Set([...wanted.keys(), ...got.keys()])].flatMap((key) =>
      this.differences(wanted.get(key), got.get(key), `${path}.${key}`),
    );
  }

  /** Everything that this viewer sees, in every conversation, whether they are in it or not. */
  async #compare(viewer: string): Promise<string[]> {
    const messages = this.model.messages();
    const probe = messages[this.#told % (messages.length + 1)]?.id ?? "nothing";
    const { data, errors } = await this.#ask<ViewData>(
      viewer,
      has(this.model, "B") ? VIEW_BOTH : VIEW,
      { a: this.id("A"), b: this.id("B"), message: this.messageId(probe) },
    );
    if (!data || errors) return [`${viewer}: ${inJson(errors)}`];
    data.conversations.nodes.sort(byId);
    const found: string[] = [];
    for (const id of ["A", "B"] as const) {
      const conversation = data[id];
      if (conversation) {
        this.#cursor[id] = conversation.cursor ?? "";
        delete conversation.cursor;
      }
      if (conversation)
        conversation.participants.nodes = conversation.participants.nodes
          // Who stands for an erased user is listed or not, as anybody who is gone.
          .filter(({ user, isActive }) => isActive || !isAlias(user.id))
          .sort((a, b) => byId(a.user, b.user));
      for (const message of conversation?.messages.nodes ?? []) {
        found.push(...this.#looksWrong(viewer, id, message));
      }
    }
    const expected = this.#expectedView(viewer, probe, data);
    return [...this.differences(expected, data, viewer), ...found];
  }

  #expectedView(viewer: string, probe: string, actual: ViewData) {
    const { model } = this;
    const asked = model.visibleMessage(viewer, probe);
    return {
      viewer: {
        id: this.id(viewer),
        readReceipts: model.showsReads(viewer),
        unreadCount: model.totalUnreadCount(viewer),
        badge: model.badge(viewer),
      },
      conversations: {
        nodes: model
          .conversationsOf(viewer)
          .map(({ id }) => ({ id: this.id(id) })),
      },
      message: asked
        ? { id: new Once(messageKey(probe)), seq: asked.seq }
        : null,
      A: this.#expectedConversation(viewer, "A", actual.A),
      ...(has(model, "B")
        ? { B: this.#expectedConversation(viewer, "B", actual.B) }
        : {}),
    };
  }

  #expectedConversation(
    viewer: string,
    id: string,
    actual: ConversationData | null | undefined,
  ) {
    const { model } = this;
    if (!model.isParticipant(viewer, id)) return null;
    const visible = model.visibleMessages(viewer, id);
    const last = visible.at(-1);
    const [firstUnread] = model.unreadMessages(viewer, id);
    // Those who left may be listed or not, but as what they are.
    const listed = actual?.participants.nodes.map(({ user }) => user.id) ?? [];
    const participants = model
      .participantsFor(viewer, id)
      .filter((it) => it.isActive || listed.includes(this.id(it.userId)))
      .map((it) => this.#expectedParticipant(viewer, it));
    return {
      id: this.id(id),
      receiptPolicy: model.conversation(id)?.policy,
      unreadCount: model.unreadCount(viewer, id),
      unreadMentionCount: model.unreadMentionCount(viewer, id),
      firstUnread: firstUnread ? { seq: firstUnread.seq } : null,
      mutedUntil: model.hasMuted(viewer, id) ? ALWAYS : null,
      lastMessage: last ? { id: new Once(messageKey(last.id)) } : null,
      viewerParticipant: participants.find(
        ({ user }) => user.id === this.id(viewer),
      ),
      participants: { nodes: participants },
      messages: {
        nodes: visible.map((it) => this.#expectedMessage(viewer, it)),
      },
    };
  }

  #expectedParticipant(viewer: string, participant: ParticipantView) {
    const { userId, ...rest } = participant;
    const own = userId === viewer;
    return {
      ...rest,
      user: {
        id: this.id(userId),
        readReceipts: own ? this.model.showsReads(viewer) : null,
        unreadCount: own ? this.model.totalUnreadCount(viewer) : null,
      },
    };
  }

  #expectedMessage(viewer: string, message: Message) {
    const { recipients, ...totals } = this.model.statusFor(viewer, message);
    // A tick names an instant: wherever and to whomever it shows, it must be the same one (R6, R7).
    const instant = (whose: string, tick: number | null) =>
      tick === null
        ? null
        : new Once(`at ${message.id} ${whose} ${String(tick)}`);
    return {
      id: new Once(messageKey(message.id)),
      seq: message.seq,
      body: message.body,
      countsAsUnread: message.extras.countsAsUnread,
      mentionsViewer: this.model.mentions(viewer, message),
      isUnread: this.model
        .unreadMessages(viewer, message.conversationId)
        .includes(message),
      sender: {
        id: this.model.erased.has(message.senderId)
          ? new Once(`stands for ${message.senderId}`)
          : this.id(message.senderId),
      },
      sentAt: instant("sent", message.sentAt),
      deletedAt: instant("deleted", message.deletedAt),
      status: {
        ...totals,
        recipients: {
          totalCount: recipients.length,
          nodes: recipients.map(({ userId, ...recipient }) => ({
            ...recipient,
            user: { id: this.id(userId) },
            deliveredAt: instant(userId, recipient.deliveredAt),
            readAt: instant(userId, recipient.readAt),
          })),
        },
      },
    };
  }

  /** What is wrong with a message whatever the model says: times out of order, status going back. */
  #looksWrong(viewer: string, id: string, message: MessageData): string[] {
    const found: string[] = [];
    const path = `${viewer} in ${id}: message ${String(message.seq)}`;
    const { status } = message;
    for (const { user, deliveredAt, readAt } of status.recipients.nodes) {
      // All of the form of INSTANT, so that text sorts as time.
      const times = [message.sentAt, deliveredAt, readAt].filter(
        (time) => time !== null,
      );
      if (inJson(times) !== inJson(times.toSorted())) {
        found.push(
          `${path}: times of ${user.id} out of order: ${inJson(times)}`,
        );
      }
    }
    const key = `${viewer} ${message.id}`;
    const before = this.#lastSeen.get(key);
    this.#lastSeen.set(key, status);
    if (before && !isOnward(before, status)) {
      found.push(
        `${path}: went back from ${inJson(before)} to ${inJson(status)}`,
      );
    }
    return found;
  }

  async #page(
    viewer: string,
    id: string,
    direction: "forward" | "backward",
  ): Promise<number[]> {
    const seqs: number[] = [];
    let cursor: string | null = null;
    for (let page = 0; page <= STEPS; page += 1) {
      const answer: SocketOutcome<PageData> = await this.#ask(
        viewer,
        direction === "forward" ? FORWARD : BACKWARD,
        { conversation: this.id(id), cursor },
      );
      const messages = answer.data?.conversation?.messages;
      if (!messages) throw new Disagreement(inJson(answer));
      const { nodes, pageInfo } = messages;
      if (nodes.length > 3) throw new Disagreement("a page of more than 3");
      const got = nodes.map(({ seq }) => seq);
      if (direction === "forward") {
        seqs.push(...got);
        if (!pageInfo.hasNextPage) return seqs;
        cursor = pageInfo.endCursor;
      } else {
        seqs.unshift(...got);
        if (!pageInfo.hasPreviousPage) return seqs;
        cursor = pageInfo.startCursor;
      }
    }
    throw new Disagreement(`${viewer} paging ${direction} in ${id}: no end`);
  }
}

/** Does it in the model, and says what to ask of the service and what should come back. */
function callsFor(action: Action, model: NaiveModel, scene: Scene): Call[] {
  const call = <T>(
    by: string | null,
    document: string,
    variables: Record<string, unknown>,
    answer: Answer<T>,
    data: (value: T) => object,
  ): Call => ({
    by,
    document,
    variables,
    expected: answer.ok ? data(answer.value) : answer.code,
  });
  switch (action.op) {
    case "create": {
      const { by, conversation, others, observers, policy } = action;
      const id = scene.id(conversation);
      const participantIds = others.map((user) => scene.id(user));
      const observerIds = observers.map((user) => scene.id(user));
      return [
        call(
          by,
          CREATE,
          { input: { id, participantIds, observerIds, receiptPolicy: policy } },
          model.createConversation(by, conversation, others, observers, policy),
          () => ({ createConversation: { conversation: { id } } }),
        ),
      ];
    }
    case "add": {
      const { by, conversation, users, participation } = action;
      const conversationId = scene.id(conversation);
      const userIds = users.map((user) => scene.id(user));
      return [
        call(
          by,
          ADD,
          { input: { conversationId, userIds, participation } },
          model.addParticipants(by, conversation, users, participation),
          ({ added }) => ({
            addParticipants: {
              conversation: { id: conversationId },
              added: added.map(({ userId, role }) => ({
                user: { id: scene.id(userId) },
                role,
                isActive: true,
              })),
            },
          }),
        ),
      ];
    }
    case "participate": {
      const { by, conversation, user, participation } = action;
      const conversationId = scene.id(conversation);
      const userId = scene.id(user);
      return [
        call(
          by,
          PARTICIPATE,
          { input: { conversationId, userId, participation } },
          model.setParticipation(by, conversation, user, participation),
          () => ({
            setParticipation: {
              conversation: { id: conversationId },
              participant: { user: { id: userId }, participation },
            },
          }),
        ),
      ];
    }
    case "policy": {
      const { by, conversation, policy } = action;
      const conversationId = scene.id(conversation);
      return [
        call(
          by,
          UPDATE,
          { input: { conversationId, receiptPolicy: policy } },
          model.setPolicy(by, conversation, policy),
          () => ({
            updateConversation: { conversation: { receiptPolicy: policy } },
          }),
        ),
      ];
    }
    case "remove": {
      const { by, conversation, user } = action;
      const conversationId = scene.id(conversation);
      return [
        call(
          by,
          REMOVE,
          { input: { conversationId, userId: scene.id(user) } },
          model.removeParticipant(by, conversation, user),
          () => ({
            removeParticipant: { conversation: { id: conversationId } },
          }),
        ),
      ];
    }
    case "send": {
      const { by, conversation, clientId, body, extras, times } = action;
      const conversationId = scene.id(conversation);
      const { mentions, ...flags } = extras;
      const mentionedUserIds = mentions.map((user) => scene.id(user));
      const input = {
        ...{ conversationId, clientId, body, mentionedUserIds },
        ...flags,
      };
      return Array.from({ length: times }, () =>
        call(
          by,
          SEND,
          { input },
          model.sendMessage(by, conversation, clientId, body, extras),
          ({ message, duplicate }) => ({
            sendMessage: {
              duplicate,
              message: {
                id: new Once(messageKey(message.id)),
                seq: message.seq,
                clientId,
                body: message.body,
              },
            },
          }),
        ),
      );
    }
    case "delete": {
      const { by, message } = action;
      return [
        call(
          by,
          DELETE,
          { input: { messageId: scene.messageId(message) } },
          model.deleteMessage(by, message),
          ({ message: { id, seq, body } }) => ({
            deleteMessage: {
              message: { id: new Once(messageKey(id)), seq, body },
            },
          }),
        ),
      ];
    }
    case "mark":
      return callsForMark(action, model, scene);
    case "flag": {
      const { by, conversation, from } = action;
      const answer = model.markUnread(by, conversation, from);
      scene.flagged = answer.ok
        ? answer.value.flagged.map(({ seq }) => seq)
        : [];
      const conversationId = scene.id(conversation);
      const fromMessageId = from === null ? null : scene.messageId(from);
      return [
        call(
          by,
          FLAG,
          { input: { conversationId, fromMessageId } },
          answer,
          () => ({
            markUnread: {
              conversation: {
                id: conversationId,
                unreadCount: model.unreadCount(by, conversation),
              },
            },
          }),
        ),
      ];
    }
    case "mute": {
      const { by, conversation, isMuted } = action;
      const conversationId = scene.id(conversation);
      return [
        call(
          by,
          MUTE,
          { input: { conversationId, until: isMuted ? ALWAYS : null } },
          model.mute(by, conversation, isMuted),
          () => ({
            muteConversation: {
              conversation: { mutedUntil: isMuted ? ALWAYS : null },
            },
          }),
        ),
      ];
    }
    case "sync": {
      const { by, items } = action;
      const receipts = items.map(({ seen = null, ...item }) => ({
        ...item,
        messageId: scene.messageId(item.messageId),
        ...(seen !== null && { seen: scene.seen(item.messageId, seen) }),
      }));
      const results = model.syncReceipts(by, items).map((result, index) => ({
        messageId: receipts[index]?.messageId,
        kind: receipts[index]?.kind,
        ...result,
      }));
      const expected = { syncReceipts: { results } };
      return [
        { by, document: SYNC, variables: { input: { receipts } }, expected },
      ];
    }
    case "prefer": {
      const { by, enabled } = action;
      return [
        call(
          by,
          PREFER,
          { input: { enabled } },
          model.setReadReceipts(by, enabled),
          ({ readReceipts }) => ({
            setReadReceipts: { viewer: { id: scene.id(by), readReceipts } },
          }),
        ),
      ];
    }
    case "erase": {
      const { user } = action;
      return [
        call(
          null,
          ERASE,
          { userId: scene.id(user) },
          model.erase(user),
          (counted) => ({ eraseUser: counted }),
        ),
      ];
    }
    case "deactivate":
    case "reactivate": {
      const { op, user } = action;
      const field = `${op}User`;
      return [
        call(
          null,
          op === "deactivate" ? DEACTIVATE : REACTIVATE,
          { userId: scene.id(user) },
          model[op](user),
          (counted) => ({ [field]: counted }),
        ),
      ];
    }
  }
}

function callsForMark(
  action: Extract<Action, { op: "mark" }>,
  model: NaiveModel,
  scene: Scene,
): Call[] {
  const { kind, message, upToIn, times, seen } = action;
  const field = `${upToIn === null ? "m" : "bulkM"}ark${kind === "READ" ? "Read" : "Delivered"}`;
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  // What others did is in a call's answer for certain only where there are no others.
  const alone = action.by.length === 1;
  const callers = action.by.flatMap((by) =>
    Array.from({ length: times }, () => by),
  );
  const answers = callers.map((by) => {
    if (upToIn !== null) {
      return kind === "READ"
        ? model.bulkMarkRead(by, upToIn, message, seen)
        : model.bulkMarkDelivered(by, upToIn, message);
    }
    return kind === "READ"
      ? model.markRead(by, message, seen)
      : model.markDelivered(by, message);
  });
  const marked = model.message(message);
  return callers.map((by, index): Call => {
    const answer = answers[index];
    if (!answer?.ok || !marked) {
      const expected = answer?.ok === false ? answer.code : "an answer";
      return markCall(by, expected);
    }
    const { changed } = answer.value;
    if (upToIn !== null) {
      const conversation = {
        id: scene.id(upToIn),
        unreadCount: model.unreadCount(by, upToIn),
      };
      return markCall(by, { [field]: { changed, conversation } });
    }
    const { deliveredCount, readCount, summaryText } = model.statusFor(
      by,
      marked,
    );
    const status = { deliveredCount, readCount, summaryText };
    const seen = {
      id: scene.messageId(message),
      ...(alone ? { status } : {}),
    };
    return markCall(by, { [field]: { changed, message: seen } });
  });

  function markCall(by: string, expected: object | string): Call {
    const messageId = scene.messageId(message);
    const having = seen === null ? {} : { seen: scene.seen(message, seen) };
    return upToIn === null
      ? {
          by,
          document: `mutation Mark($input: ${type}!, $alone: Boolean!) {
            ${field}(input: $input) { changed message { id
              status @include(if: $alone) { deliveredCount readCount summaryText }
            } }
          }`,
          variables: { input: { messageId, ...having }, alone },
          expected,
        }
      : {
          by,
          document: `mutation BulkMark($input: ${type}!) {
            ${field}(input: $input) { changed conversation { id unreadCount } }
          }`,
          variables: {
            input: {
              conversationId: scene.id(upToIn),
              upToMessageId: messageId,
              ...having,
            },
          },
          expected,
        };
  }
}

const CREATE = `mutation Create($input: CreateConversationInput!) {
  createConversation(input: $input) { conversation { id } }
}`;
const ADD = `mutation Add($input: AddParticipantsInput!) {
  addParticipants(input: $input) {
    conversation { id }
    added { user { id } role isActive }
  }
}`;
const PARTICIPATE = `mutation Participate($input: SetParticipationInput!) {
  setParticipation(input: $input) {
    conversation { id }
    participant { user { id } participation }
  }
}`;
const UPDATE = `mutation Update($input: UpdateConversationInput!) {
  updateConversation(input: $input) { conversation { receiptPolicy } }
}`;
const REMOVE = `mutation Remove($input: RemoveParticipantInput!) {
  removeParticipant(input: $input) { conversation { id } }
}`;
const SEND = `mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) { duplicate message { id seq clientId body } }
}`;
const DELETE = `mutation Delete($input: DeleteMessageInput!) {
  deleteMessage(input: $input) { message { id seq body } }
}`;
const SYNC = `mutation Sync($input: SyncReceiptsInput!) {
  syncReceipts(input: $input) { results { messageId kind changed error } }
}`;
const FLAG = `mutation Flag($input: MarkUnreadInput!) {
  markUnread(input: $input) { conversation { id unreadCount } }
}`;
const ALWAYS = "9999-12-31T00:00:00.000Z";
const MUTE = `mutation Mute($input: MuteConversationInput!) {
  muteConversation(input: $input) { conversation { mutedUntil } }
}`;
const CHANGES = `query Changes($after: Cursor!, $conversation: ID!) {
  statusChanges(after: $after, conversationId: $conversation) {
    nodes { reset receipts { kind } messageCount messages(last: 100) { seq } }
  }
}`;
const PREFER = `mutation Prefer($input: SetReadReceiptsInput!) {
  setReadReceipts(input: $input) { viewer { id readReceipts } }
}`;

const DEACTIVATE = `mutation Deactivate($userId: ID!) {
  deactivateUser(input: { userId: $userId }) { conversationCount }
}`;
const REACTIVATE = `mutation Reactivate($userId: ID!) {
  reactivateUser(input: { userId: $userId }) { conversationCount }
}`;

const ERASE = `mutation Erase($userId: ID!) {
  eraseUser(input: { userId: $userId }) { conversationCount messageCount }
}`;
const STREAM = `query Stream($after: Cursor!, $conversation: ID!) {
  statusChanges(after: $after, conversationId: $conversation, first: 100) {
    nodes {
      reset messages(last: 100) { seq }
      receipts { kind fromSeq toSeq participant { user { id } } }
    }
  }
}`;

const BADGE = "unreadCount unreadMentionCount unreadConversationCount";
const SEEN = `
fragment Whole on Conversation {
  id cursor receiptPolicy mutedUntil
  unreadCount unreadMentionCount firstUnread { seq }
  lastMessage { id }
  viewerParticipant { ...Seen }
  participants(first: 50) { nodes { ...Seen } }
  messages(last: 100) {
    nodes {
      id seq body sender { id } sentAt deletedAt countsAsUnread mentionsViewer isUnread
      status {
        overallStatus totalRecipients deliveredCount readCount summaryText receiptPolicy
        recipients(first: 20) {
          totalCount
          nodes { user { id } state statusText deliveredAt readAt }
        }
      }
    }
  }
}
fragment Seen on Participant {
  user { id readReceipts unreadCount }
  role participation isActive deliveredUpToSeq readUpToSeq
}`;
const VIEW = `query View($a: ID!, $message: ID!) {
  viewer { id readReceipts unreadCount badge { ${BADGE} } }
  conversations(first: 20) { nodes { id } }
  message(id: $message) { id seq }
  A: conversation(id: $a) { ...Whole }
}${SEEN}`;
const VIEW_BOTH = `query View($a: ID!, $b: ID!, $message: ID!) {
  viewer { id readReceipts unreadCount badge { ${BADGE} } }
  conversations(first: 20) { nodes { id } }
  message(id: $message) { id seq }
  A: conversation(id: $a) { ...Whole }
  B: conversation(id: $b) { ...Whole }
}${SEEN}`;

const FORWARD = `query Forward($conversation: ID!, $cursor: Cursor) {
  conversation(id: $conversation) {
    messages(first: 3, after: $cursor) {
      nodes { seq } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}`;
const BACKWARD = FORWARD.replace("Forward", "Backward").replace(
  "first: 3, after:",
  "last: 3, before:",
);

interface StatusData {
  overallStatus: string;
  deliveredCount: number;
  readCount: number;
  recipients: {
    nodes: {
      user: { id: string };
      state: string;
      deliveredAt: string | null;
      readAt: string | null;
    }[];
  };
}

interface MessageData {
  id: string;
  seq: number;
  sentAt: string;
  status: StatusData;
}

/** Where the streams of both conversations stand. */
interface Cursors {
  A: string;
  B: string;
}

/** A look at the stream: where it stood, and what each viewer was shown of each message. */
interface Look {
  readonly at: Cursors;
  readonly shown: ReadonlyMap<string, string>;
}

interface ReceiptData {
  kind: ReceiptKind;
  fromSeq: number;
  toSeq: number;
  participant: { user: { id: string } };
}

interface StreamData {
  statusChanges: {
    nodes: {
      reset: boolean;
      messages: { seq: number }[];
      receipts: ReceiptData[];
    }[];
  };
}

interface ConversationData {
  /** Taken out before the rest is compared. */
  cursor?: string;
  participants: { nodes: { user: { id: string }; isActive: boolean }[] };
  messages: { nodes: MessageData[] };
}

interface ViewData {
  conversations: { nodes: { id: string }[] };
  A: ConversationData | null;
  /** Asked for once it was made. */
  B?: ConversationData | null;
}

interface PageData {
  conversation: {
    messages: {
      nodes: { seq: number }[];
      pageInfo: {
        hasNextPage: boolean;
        hasPreviousPage: boolean;
        startCursor: string | null;
        endCursor: string | null;
      };
    };
  } | null;
}

/** Whether an id stands for an erased user's (R41). */
function isAlias(id: string): boolean {
  return id.startsWith("erased-");
}

function messageKey(name: string): string {
  return `id ${name}`;
}

/** Whether no count, no recipient and not the whole has gone back (R6, R23). */
function isOnward(before: StatusData, after: StatusData): boolean {
  const overall = ["SENT", "PARTIAL", "DELIVERED", "READ"];
  const state = ["PENDING", "DELIVERED", "READ"];
  return (
    overall.indexOf(before.overallStatus) <=
      overall.indexOf(after.overallStatus) &&
    before.deliveredCount <= after.deliveredCount &&
    before.readCount <= after.readCount &&
    before.recipients.nodes.every((was) => {
      const is = after.recipients.nodes.find(
        ({ user }) => user.id === was.user.id,
      );
      return is && state.indexOf(was.state) <= state.indexOf(is.state);
    })
  );
}

function sorted<T>(answers: readonly T[]): T[] {
  return answers.toSorted((a, b) => (inJson(a) < inJson(b) ? -1 : 1));
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function inJson(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
