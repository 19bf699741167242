import { cpus } from "node:os";
import Table from "cli-table3";

/** Prints figures with the machine and versions in the head. */
export function printTable(
  title: string,
  head: string[],
  rows: string[][],
): void {
  const [cpu] = cpus();
  console.log(`\n${title}`);
  console.log(
    `${cpus().length} × ${cpu?.model.trim() ?? "unknown CPU"}, Node ${process.versions.node}`,
  );
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...rows);
  console.log(table.toString());
}
