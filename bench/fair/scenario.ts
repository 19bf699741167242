import { atRate } from "../latency/open-loop.js";
import { seedAcked, seededMessageId } from "../support/acked-chats.js";
import { Contender, withContenders } from "../support/contender.js";
import { GraphqlSocket } from "../support/graphql-socket.js";
import type { Figure, Scenario } from "../support/scenario.js";
import { startAcked } from "../support/servers.js";
import { bearer } from "../support/tokens.js";
import { conversationId, flooder, floods } from "./floods.js";

const honest = ["ann", "ben", "cat", "dan"];
const perSecond = 40;
const mark = `mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }`;
const inbox = `{ conversations(first: 20) { nodes { id unreadCount } } }`;

/** The time that honest users wait, in milliseconds. */
interface Waited {
  readonly p50: number;
  readonly p99: number;
}

/** How long four honest users wait for marks and inboxes while another user takes all that they are given. */
export const fair: Scenario = {
  name: "fair",
  async run({ size, openDatabase, progress }) {
    const isFull = size === "full";
    const messageCount = isFull ? 20_000 : 1_000;
    const database = await openDatabase("fair");
    try {
      const readerIds = [...honest, flooder];
      await seedAcked(database.url, [
        { id: conversationId, senderId: "sender", readerIds, messageCount },
      ]);
      const figures: Figure[] = [];
      for (const flood of floods(messageCount, isFull ? 1 : 0.02))
        await withContenders(
          [() => startAcked(database.url)],
          async ([acked]) => {
            if (!acked) throw new Error("fair: no server");
            const ms = isFull ? 8_000 : 500;
            const crowd = await Crowd.of(acked);
            try {
              await crowd.wait(ms / 4);
              const without = await crowd.wait(ms);
              const end = await flood.begin(acked.host);
              const during = await crowd.wait(ms);
              end();
              progress(`fair: ${flood.name}: ${inWords(during)}`);
              figures.push(figureOf(flood.name, without, during));
            } finally {
              crowd.close();
            }
          },
        );
      return figures;
    } finally {
      await database.close();
    }
  },
};

/** Four users, each with a socket, who mark and look at their inbox by turns. */
class Crowd {
  private readonly sockets: readonly GraphqlSocket[];
  /** Over all floods: a repeated mark would be no event. */
  private static turn = 0;

  private constructor(sockets: readonly GraphqlSocket[]) {
    this.sockets = sockets;
  }

  static async of({ host }: Contender): Promise<Crowd> {
    return new Crowd(
      await Promise.all(
        honest.map(async (id) => GraphqlSocket.open(host, await bearer(id))),
      ),
    );
  }

  /** How long their operations take, each from the moment at which it was due. */
  async wait(ms: number): Promise<Waited> {
    const times: number[] = [];
    await atRate(perSecond, ms, async (dueMs) => {
      const n = Crowd.turn++;
      const socket = this.sockets[n % this.sockets.length];
      const id = seededMessageId({ conversationId, seq: (n >> 2) + 1 });
      const isMark = n % 8 < 4;
      const variables = JSON.stringify(isMark ? { id } : {});
      await socket?.execute(isMark ? mark : inbox, variables);
      times.push(performance.now() - dueMs);
    });
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor(times.length * share)];
    return { p50: at(0.5) ?? NaN, p99: at(0.99) ?? NaN };
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }
}

function figureOf(flood: string, without: Waited, during: Waited): Figure {
  return {
    figure: `honest users, beside ${flood}`,
    value: inWords(during),
    against: "without it; the ratio is of the p99",
    peerValue: inWords(without),
    ratio: during.p99 / without.p99,
    goal: { kind: "at most", value: 3 },
  };
}

function inWords({ p50, p99 }: Waited): string {
  return `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)} ms`;
}
