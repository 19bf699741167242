import { SeqSet } from "../../src/foundation/seq-set.js";
import { heldInPeer } from "../peers/chats.js";
import { heldInAcked } from "../support/acked-chats.js";
import { HeldBy, type SeededChat } from "../support/chats.js";
import { withServers, type Servers } from "../support/servers.js";
import { interleave } from "../support/rounds.js";
import type {
  BenchContext,
  Figure,
  Goal,
  Scenario,
} from "../support/scenario.js";
import { median, relativeSpread } from "../support/statistics.js";
import {
  conversationId,
  markByLoop,
  markBySet,
  markInAcked,
  type MarkUpTo,
} from "./marking.js";

/** One server, the number of messages marked at once, and how often in a round. */
interface Course {
  readonly server: keyof Servers;
  readonly messages: number;
  readonly repeats: number;
}

const markUpTo: Record<keyof Servers, MarkUpTo> = {
  acked: markInAcked,
  sequelize: markByLoop,
  drizzle: markBySet,
};

/** Marking few and many messages as read at once, against a loop and against one set-based statement. */
export const bulk: Scenario = {
  name: "bulk",
  async run(context) {
    const [few, many, most] =
      context.size === "full"
        ? ([10, 1_000, 100_000] as const)
        : ([10, 100, 1_000] as const);
    const repeats = context.size === "full" ? 6 : 2;
    const [ofFew, ofMany, ofMost, loop, setOfMany, setOfMost] = await measure(
      context,
      most,
      [
        { server: "acked", messages: few, repeats },
        { server: "acked", messages: many, repeats },
        { server: "acked", messages: most, repeats },
        { server: "sequelize", messages: many, repeats: 1 },
        { server: "drizzle", messages: many, repeats: 1 },
        { server: "drizzle", messages: most, repeats: 1 },
      ],
    );
    const flat: Goal = { kind: "at most", value: 1.2 };
    const faster: Goal = { kind: "at least", value: 100 };
    const byItself = `itself at ${few}`;
    const byLoop = "Sequelize: a loop of find-then-write";
    const bySet = "Drizzle: one INSERT … SELECT … ON CONFLICT";
    return [
      figure(many, ofMany, byItself, ofFew, flat),
      figure(most, ofMost, byItself, ofFew, flat),
      figure(many, ofMany, byLoop, loop, faster),
      figure(many, ofMany, bySet, setOfMany, null),
      figure(most, ofMost, bySet, setOfMost, faster),
    ];
  },
};

/** The duration of each course in milliseconds. Each is measured with a reader who has read nothing. */
async function measure(
  context: BenchContext,
  messageCount: number,
  courses: readonly Course[],
): Promise<number[][]> {
  const rounds = context.size === "full" ? 4 : 1;
  const repeats = courses.reduce((sum, course) => sum + course.repeats, 0);
  const chat: SeededChat = {
    id: conversationId,
    senderId: "sender",
    readerIds: Array.from(
      { length: (rounds + 1) * repeats },
      (_, i) => `reader-${i}`,
    ),
    messageCount,
  };
  return withServers(context, "bulk", [chat], async (servers) => {
    const unspent = [...chat.readerIds];
    const expected = {
      acked: new HeldBy(),
      sequelize: new HeldBy(),
      drizzle: new HeldBy(),
    };
    const times = await interleave(
      courses,
      rounds,
      async ({ server, messages, repeats }, round) => {
        const taken: number[] = [];
        for (const readerId of unspent.splice(0, repeats)) {
          const { host } = servers[server].contender;
          taken.push(await markUpTo[server](host, readerId, messages));
          const read = SeqSet.span(1, messages);
          const held = { delivered: read, read };
          expected[server].set(conversationId, readerId, held);
        }
        const what = `${server}, ${messages} messages`;
        context.progress(`round ${round}, ${what}: ${describe(taken)}`);
        return taken;
      },
    );
    const { acked, sequelize, drizzle } = servers;
    (await heldInAcked(acked.databaseUrl)).mustEqual(expected.acked, "acked");
    for (const peer of [sequelize, drizzle])
      (await heldInPeer(peer.databaseUrl, [chat])).mustEqual(
        expected[peer === drizzle ? "drizzle" : "sequelize"],
        peer.contender.name,
      );
    return times.map((perRound) => perRound.flat());
  });
}

function figure(
  messages: number,
  times: readonly number[] = [],
  against: string,
  peerTimes: readonly number[] = [],
  goal: Goal | null,
): Figure {
  const ratio = median(times) / median(peerTimes);
  return {
    figure: `marking ${messages.toLocaleString("en")} messages as read at once`,
    value: describe(times),
    against,
    peerValue: describe(peerTimes),
    ratio: goal?.kind === "at most" ? ratio : 1 / ratio,
    goal,
  };
}

function describe(times: readonly number[]): string {
  return `${median(times).toFixed(1)} ms (${relativeSpread(times)})`;
}
