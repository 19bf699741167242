import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import Table from "cli-table3";
import type { Figure, Goal, Size } from "./scenario.js";

/** The machine and the versions of a run. */
export interface Head {
  readonly size: Size;
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly postgres: string;
  /** Package to version. */
  readonly packages: Readonly<Record<string, string>>;
}

const shortRun =
  "A short run: it shows that all of it works and that final states are exact. Its figures mean nothing.";

const packages = [
  ...["graphql", "graphql-ws", "ws", "@apollo/server", "fastify"],
  ...["drizzle-orm", "postgres", "express", "sequelize", "pg", "socket.io"],
];

/** Reads the machine and the versions of its packages. */
export function describeRun(postgres: string, size: Size): Head {
  const [cpu] = cpus();
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  return {
    size,
    date: new Date().toISOString(),
    machine: `${cpus().length} × ${cpu?.model.trim() ?? "unknown CPU"}, ${gib} GiB`,
    node: process.versions.node,
    postgres,
    packages: Object.fromEntries(
      packages.map((name) => [name, versionOf(name)]),
    ),
  };
}

function versionOf(name: string): string {
  const file = new URL(
    `../../node_modules/${name}/package.json`,
    import.meta.url,
  );
  const { version } = JSON.parse(readFileSync(file, "utf8")) as {
    version: string;
  };
  return version;
}

/** Whether a figure reaches its goal; null where it has none. */
export function isReached({ ratio, goal }: Figure): boolean | null {
  if (!goal) return null;
  if (ratio === null) return false;
  return goal.kind === "at least" ? ratio >= goal.value : ratio <= goal.value;
}

/** The table, goals beside figures. */
export function formatReport(head: Head, figures: readonly Figure[]): string {
  const table = new Table({
    head: ["figure", "value", "against", "its value", "ratio", "goal", ""],
    colWidths: [32, 30, 30, 30, null, null, null],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const figure of figures)
    table.push([
      figure.figure,
      figure.value,
      figure.against,
      figure.peerValue,
      figure.ratio === null ? "" : digits(figure.ratio),
      figure.goal === null ? "" : describeGoal(figure.goal),
      head.size === "full" ? verdict(isReached(figure)) : "",
    ]);
  const versions = Object.entries(head.packages).map((pair) => pair.join(" "));
  return [
    `${head.machine}; Node ${head.node}, ${head.postgres}; ${head.date}`,
    versions.join(", "),
    ...(head.size === "short" ? [shortRun] : []),
    table.toString(),
  ].join("\n");
}

function describeGoal({ kind, value }: Goal): string {
  return `${kind === "at least" ? "≥" : "≤"} ${value}`;
}

function verdict(reached: boolean | null): string {
  if (reached === null) return "";
  return reached ? "✓" : "✗";
}

function digits(ratio: number): string {
  return ratio >= 100 ? ratio.toFixed(0) : ratio.toPrecision(3);
}
