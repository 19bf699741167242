import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "../../src/db/schema.js";
import { quickSets } from "../../src/domain/receipts/mark-writer.js";
import { receiptQueries } from "../../src/domain/receipts/receipt-queries.js";

/**
 * The statement that writes marks, word for word as Acked prepares it, with its five arrays as $1 to $5
 * and the largest sets of a participant as $6.
 */
export async function readMarkStatement(databaseUrl: string): Promise<string> {
  const client = postgres(databaseUrl, { max: 1 });
  const seen: string[] = [];
  const logger = { logQuery: (query: string) => void seen.push(query) };
  await receiptQueries(drizzle(client, { schema, logger })).mark([], [], {
    waitMs: null,
    largestSets: quickSets,
  });
  await client.end();
  const [statement] = seen;
  if (statement === undefined) throw new Error("no statement was run");
  return statement;
}
