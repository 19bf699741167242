import { Audience, inGroups } from "../fanout/audience.js";
import { subscriptionsAt, until } from "../fanout/waiting.js";
import { seedAcked, seededMessageId } from "../support/acked-chats.js";
import type { SeededChat } from "../support/chats.js";
import { Contender, withContenders } from "../support/contender.js";
import { GraphqlSocket } from "../support/graphql-socket.js";
import { interleave } from "../support/rounds.js";
import type { Figure, Goal, Scenario } from "../support/scenario.js";
import { median } from "../support/statistics.js";
import { bearer } from "../support/tokens.js";
import { askMemory } from "./memory-report.js";

const membersInEach = 20;
const rounds = 4;

const watch = `subscription ($id: ID!) { messageStatusChanged(conversationId: $id) {
  cursor receipts { kind at fromSeq toSeq participant { user { id } } }
  messages { id seq status { id overallStatus totalRecipients deliveredCount readCount summaryText } } } }`;
const markRead = `mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }`;

/** The bytes that each further subscriber takes. */
interface Taken {
  readonly retained: number;
  readonly resident: number;
}

/** A server that takes more subscribers with each round. */
interface Entrant {
  readonly contender: Contender;
  readonly audience: Audience;
  /** Lets in the subscribers of a round, and waits until they are all served. */
  readonly admit: (round: number, port: number) => Promise<void>;
}

/** The memory of a connected subscriber, against a socket that is only open. */
export const memory: Scenario = {
  name: "memory",
  async run({ size, openDatabase, progress }) {
    const joining = size === "full" ? 500 : 40;
    const chats = Array.from(
      { length: ((rounds + 1) * joining) / membersInEach },
      (_, i): SeededChat => ({
        id: `conversation-${i}`,
        senderId: "sender",
        readerIds: Array.from(
          { length: membersInEach },
          (_, n) => `member-${i}-${n}`,
        ),
        messageCount: 1,
      }),
    );
    const members = chats.flatMap(({ id, readerIds }) =>
      readerIds.map((userId) => ({ conversationId: id, userId })),
    );
    const database = await openDatabase("memory");
    try {
      await seedAcked(database.url, chats);
      return await withContenders(
        [
          () => start("bare", "bare-server.ts"),
          () => start("acked", "acked-server.ts", database.url),
        ],
        async ([bare, acked]) => {
          if (!bare || !acked) throw new Error("memory: a server is missing");
          const entrants = [
            enterBare(bare, joining),
            enterAcked(acked, members, joining),
          ];
          try {
            const taken = await interleave(entrants, rounds, (entrant, round) =>
              takenByEach(entrant, round, joining),
            );
            progress(`memory: ${members.length} sockets each`);
            await check(acked, entrants[1]?.audience, chats);
            return figuresOf(joining * rounds, taken);
          } finally {
            for (const { audience } of entrants) audience.leave();
          }
        },
      );
    } finally {
      await database.close();
    }
  },
};

function start(name: string, script: string, databaseUrl?: string) {
  return Contender.start(name, new URL(script, import.meta.url), databaseUrl);
}

function enterBare(contender: Contender, joining: number): Entrant {
  const audience = new Audience();
  return {
    contender,
    audience,
    async admit(_round, port) {
      await inGroups(joining, () =>
        audience.join(`ws://127.0.0.1:${port}/`, null, []),
      );
    },
  };
}

function enterAcked(
  contender: Contender,
  members: readonly { conversationId: string; userId: string }[],
  joining: number,
): Entrant {
  const audience = new Audience();
  return {
    contender,
    audience,
    async admit(round, port) {
      const admitted = members.slice(round * joining, (round + 1) * joining);
      await inGroups(joining, async (i) => {
        const { conversationId, userId } = admitted[i] ?? {};
        if (conversationId === undefined || userId === undefined) return;
        await audience.join(
          `ws://127.0.0.1:${port}/graphql`,
          "graphql-transport-ws",
          [
            {
              type: "connection_init",
              payload: { authorization: await bearer(userId) },
            },
            {
              id: "1",
              type: "subscribe",
              payload: { query: watch, variables: { id: conversationId } },
            },
          ],
        );
      });
      await until(
        "everyone is a subscriber",
        async () =>
          (await subscriptionsAt(`127.0.0.1:${port}`)) === audience.size,
      );
    },
  };
}

async function takenByEach(
  { contender, admit }: Entrant,
  round: number,
  joining: number,
): Promise<Taken> {
  const before = await askMemory(contender.host);
  await admit(round, before.port);
  const after = await askMemory(contender.host);
  return {
    retained: (after.retained - before.retained) / joining,
    resident: (after.resident - before.resident) / joining,
  };
}

/** One mark in each conversation reaches everyone in it, once. */
async function check(
  { host }: Contender,
  audience: Audience | undefined,
  chats: readonly SeededChat[],
): Promise<void> {
  const { port } = await askMemory(host);
  await audience?.frameForEach(async () => {
    for (const { id: conversationId, readerIds } of chats) {
      const marker = await GraphqlSocket.open(
        `127.0.0.1:${port}`,
        await bearer(readerIds[0] ?? ""),
      );
      const id = seededMessageId({ conversationId, seq: 1 });
      await marker.execute(markRead, JSON.stringify({ id }));
      marker.close();
    }
  });
}

function figuresOf(
  subscribers: number,
  [bare = [], acked = []]: readonly Taken[][],
): Figure[] {
  const row = (what: keyof Taken, name: string, goal: Goal | null): Figure => {
    const [ours, theirs] = [acked, bare].map((rounds) =>
      median(rounds.map((taken) => taken[what] / 1_024)),
    );
    const more = (ours ?? NaN) - (theirs ?? NaN);
    return {
      figure: `${name} of a connected subscriber, ${subscribers.toLocaleString("en")} of them, in KiB`,
      value: `${(ours ?? NaN).toFixed(1)} KiB`,
      against: "a bare ws connection; the ratio is KiB more",
      peerValue: `${(theirs ?? NaN).toFixed(1)} KiB`,
      ratio: more,
      goal,
    };
  };
  return [
    row("retained", "memory", { kind: "at most", value: 10 }),
    row("resident", "resident memory", null),
  ];
}
