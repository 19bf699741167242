import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seedAcked } from "../support/acked-chats.js";
import { interleave } from "../support/rounds.js";
import type { BenchContext, Figure, Scenario } from "../support/scenario.js";
import { median, medianRatio, relativeSpread } from "../support/statistics.js";
import { connections, engineChats, extent } from "./course.js";
import { openEngine } from "./in-process.js";
import { findPgbench, writeScript } from "./pgbench.js";
import { engineWriter, pgbenchWriter, type Writer } from "./writers.js";

/** The write engine alone, against pgbench with the same prepared statement and the same batch sizes. */
export const engine: Scenario = {
  name: "engine",
  async run(context) {
    const chats = engineChats(context.size);
    const folder = await mkdtemp(join(tmpdir(), "acked-engine-"));
    const ours = await context.openDatabase("engine");
    const theirs = await context.openDatabase("pgbench");
    const marking = openEngine(ours.url, chats);
    try {
      await seedAcked(ours.url, chats);
      await seedAcked(theirs.url, chats);
      const { writer, batch } = await engineWriter(
        context,
        marking,
        ours.url,
        chats,
      );
      const pgbench = await findPgbench();
      const script = join(folder, "mark.sql");
      await writeScript(script, batch);
      const peer =
        pgbench === null
          ? []
          : [
              pgbenchWriter(context, theirs.url, chats, {
                pgbench,
                script,
                batch,
              }),
            ];
      return [await measure(context, [writer, ...peer], batch)];
    } finally {
      await marking.close();
      await ours.close();
      await theirs.close();
      await rm(folder, { recursive: true });
    }
  },
};

async function measure(
  { size, progress }: BenchContext,
  writers: readonly Writer[],
  batch: number,
): Promise<Figure> {
  const { rounds } = extent(size);
  const samples = await interleave(writers, rounds, async (writer, round) => {
    const perSecond = await writer.write();
    progress(`round ${round}, ${writer.name}: ${describe([perSecond])}`);
    return perSecond;
  });
  for (const { check } of writers) await check();
  const [ours = [], theirs] = samples;
  return {
    figure: `the write engine alone, ${connections} connections, batches of ${batch}`,
    value: describe(ours),
    against: "pgbench, the same prepared statement and batches",
    peerValue: theirs
      ? describe(theirs)
      : "pgbench is not here: on Debian, apt-get install postgresql",
    ratio: theirs ? medianRatio(ours, theirs) : null,
    goal: theirs ? { kind: "at least", value: 0.8 } : null,
  };
}

function describe(rates: readonly number[]): string {
  const rate = Math.round(median(rates)).toLocaleString("en");
  return `${rate} marks/s (${relativeSpread(rates)})`;
}
