import { sampleOf, scrape } from "../support/metrics.js";

/** How often each statement ran, and how many connections there were to write. */
export type Statements = Readonly<Record<string, number>>;

/**
 * What the database was asked while something was done: how much that is follows from the statements, so
 * two answers that take the same ones take the same time.
 */
export async function statementsOf<T>(
  metricsUrl: string | null,
  work: () => Promise<T>,
): Promise<{ readonly answer: T; readonly statements: Statements }> {
  const before = await counted(metricsUrl);
  const answer = await work();
  const after = await counted(metricsUrl);
  const ran = Object.entries(after)
    .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
    .filter(([, count]) => count > 0);
  return { answer, statements: Object.fromEntries(ran) };
}

/** What a node asks by itself, at any time. */
const bySweeps = new Set(["changed_after"]);

async function counted(metricsUrl: string | null): Promise<Statements> {
  const samples = await scrape(metricsUrl);
  const statements = samples
    .filter(
      ({ name, labels }) =>
        name === "acked_statement_duration_seconds_count" &&
        !bySweeps.has(labels["statement"] ?? ""),
    )
    .map(({ labels: { statement = "", outcome = "" }, value }) => {
      return [`${statement} ${outcome}`, value] as const;
    });
  return {
    ...Object.fromEntries(statements),
    // The statements of transactions have no names; nearly all transactions write.
    "connections to write": sampleOf(samples, "acked_pool_wait_seconds_count", {
      access: "write",
    }),
  };
}
