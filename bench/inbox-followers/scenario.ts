import { setTimeout as delay } from "node:timers/promises";
import { Contender, withContenders } from "../support/contender.js";
import { openClient } from "../support/database.js";
import { interleave } from "../support/rounds.js";
import type { BenchContext, Figure, Scenario } from "../support/scenario.js";
import { bearer } from "../support/tokens.js";
import { Entrant } from "./entrant.js";
import { figuresOf, type Measured } from "./figures.js";
import { extents, seedInboxes, userId } from "./inboxes.js";

/**
 * Everybody follows all of their conversations, against everybody following one. Each way has a server and
 * a database of its own, the second a copy of the first, so that a mark on one side is no work on the other.
 */
export const inboxFollowers: Scenario = {
  name: "inbox-followers",
  async run(context) {
    const { size, postgresUrl, openDatabase, progress } = context;
    const extent = extents[size];
    const database = await openDatabase("inbox_followers");
    const client = openClient(postgresUrl);
    let copy: string | null = null;
    try {
      await seedInboxes(database.url, extent);
      progress(`inbox-followers: seeded`);
      const name = `${new URL(database.url).pathname.slice(1)}_copy`;
      await client`
        create database ${client(name)} template ${client(name.replace(/_copy$/, ""))}`;
      copy = name;
      const copyUrl = new URL(database.url);
      copyUrl.pathname = `/${name}`;
      const urls = [database.url, copyUrl.href];
      return await withContenders(
        [() => start("acked", urls[0]), () => start("acked-of-one", urls[1])],
        async ([ofAll, ofOne]) => {
          if (!ofAll || !ofOne)
            throw new Error("inbox-followers: a server is missing");
          const tokens = await Promise.all(
            Array.from({ length: extent.listeners }, (_, i) =>
              bearer(userId(i)),
            ),
          );
          const entrants = [
            await Entrant.enter(
              ofAll,
              urls[0] ?? "",
              client,
              extent,
              tokens,
              "all",
            ),
            await Entrant.enter(
              ofOne,
              urls[1] ?? "",
              client,
              extent,
              tokens,
              "one",
            ),
          ];
          try {
            return await measure(context, entrants);
          } finally {
            for (const entrant of entrants) entrant.close();
          }
        },
      );
    } finally {
      if (copy !== null)
        await client`drop database ${client(copy)} with (force)`;
      await client.end();
      await database.close();
    }
  },
};

function start(name: string, databaseUrl?: string): Promise<Contender> {
  const script = new URL("acked-server.ts", import.meta.url);
  return Contender.start(name, script, databaseUrl);
}

async function measure(
  { size, progress }: BenchContext,
  entrants: readonly Entrant[],
): Promise<readonly Figure[]> {
  const extent = extents[size];
  const each = async <Value>(
    what: string,
    run: (entrant: Entrant) => Promise<Value>,
  ): Promise<Value[]> => {
    const values: Value[] = [];
    for (const entrant of entrants) values.push(await run(entrant));
    progress(`inbox-followers: ${what} ${JSON.stringify(values)}`);
    return values;
  };
  const connected = await each("connected", (one) => one.connect());
  // V8 goes on collecting for some seconds what connecting has left.
  await delay(extent.idleMs / 2);
  const idle = await Promise.all(entrants.map((one) => one.idle()));
  progress(`inbox-followers: idle ${JSON.stringify(idle)}`);
  const latencies = await interleave(entrants, extent.rounds, (one) =>
    one.latencies(),
  );
  progress("inbox-followers: marked");
  const returned = await each("came back", (one) => one.comeBack());
  await each("checked", (one) => one.check());
  const [ofAll, ofOne] = [0, 1].map((i): Measured => {
    const its = {
      connected: connected[i],
      idle: idle[i],
      latencies: latencies[i],
      returned: returned[i],
    };
    if (!its.connected || !its.idle || !its.latencies || !its.returned)
      throw new Error("inbox-followers: a figure is missing");
    return { ...its } as Measured;
  });
  if (!ofAll || !ofOne) throw new Error("inbox-followers: a side is missing");
  return figuresOf(extent, ofAll, ofOne);
}
