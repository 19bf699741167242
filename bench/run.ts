import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { badge } from "./badge/scenario.js";
import { bulk } from "./bulk/scenario.js";
import { engine } from "./engine/scenario.js";
import { erasure } from "./erasure/scenario.js";
import { fair } from "./fair/scenario.js";
import { fanout } from "./fanout/scenario.js";
import { gate } from "./gate/scenario.js";
import { inbox } from "./inbox/scenario.js";
import { inboxFollowers } from "./inbox-followers/scenario.js";
import { latency } from "./latency/scenario.js";
import { marksOverHttp } from "./marks/http.js";
import { marks } from "./marks/sockets.js";
import { memory } from "./memory/scenario.js";
import { nodes } from "./nodes/scenario.js";
import { pages } from "./pages/scenario.js";
import { start } from "./start/scenario.js";
import { storage } from "./storage/scenario.js";
import { storm } from "./storm/scenario.js";
import { createDatabase, openBenchPostgres } from "./support/database.js";
import { describeRun, formatReport, isReached } from "./support/report.js";
import type { Figure, Scenario } from "./support/scenario.js";

/** In the order of the table. */
const scenarios: readonly Scenario[] = [
  ...[marks, marksOverHttp, engine, bulk, fanout, storm],
  ...[latency, memory, storage, pages, inbox, inboxFollowers, nodes, start],
  ...[fair, gate, badge, erasure],
];

const { short, only, json } = new Command("bench")
  .description("Measures Acked against floors and peers, side by side.")
  .option("--short", "the shortest run that still exercises all of it", false)
  .addOption(
    new Option("--only <names...>", "only these scenarios").choices(
      scenarios.map(({ name }) => name),
    ),
  )
  .option("--json <file>", "writes the figures to a file as well")
  .parse()
  .opts<{ short: boolean; only?: string[]; json?: string }>();

const progress = (text: string) =>
  process.stderr.write(
    `${(performance.now() / 1_000).toFixed(0)} s: ${text}\n`,
  );

const size = short ? "short" : "full";
const server = await openBenchPostgres();
// The embedded Postgres would outlive this process; the contenders end by themselves.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void server.close().then(() => process.exit(1)));
const figures: Figure[] = [];
try {
  for (const scenario of scenarios) {
    if (only && !only.includes(scenario.name)) continue;
    progress(scenario.name);
    try {
      const measured = await scenario.run({
        size,
        postgresUrl: server.url,
        openDatabase: (name) => createDatabase(server.url, name, "migrated"),
        progress,
      });
      figures.push(...measured);
    } catch (error) {
      // The figures measured so far are still printed.
      process.exitCode = 1;
      progress(`${scenario.name} failed`);
      console.error(error);
    }
  }
} finally {
  await server.close();
}

const head = describeRun(server.version, size);
console.log(formatReport(head, figures));
if (json !== undefined) {
  const rows = figures.map((figure) => ({
    ...figure,
    isReached: isReached(figure),
  }));
  const report = { ...head, figures: rows };
  await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
}
