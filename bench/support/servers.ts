import { seedPeer } from "../peers/chats.js";
import { seedAcked } from "./acked-chats.js";
import type { SeededChat } from "./chats.js";
import { Contender } from "./contender.js";
import { createDatabase, type BenchDatabase } from "./database.js";
import type { BenchContext } from "./scenario.js";

/** A server on a database of its own, which holds the scenario's conversations. */
export interface Server {
  readonly contender: Contender;
  readonly databaseUrl: string;
}

/** Acked and both peers, each with the same conversations. */
export interface Servers {
  readonly acked: Server;
  readonly sequelize: Server;
  readonly drizzle: Server;
}

/**
 * Starts Acked.
 * @param env what it finds in its environment beside the database
 */
export function startAcked(
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Contender> {
  const script = new URL("acked-server.ts", import.meta.url);
  return Contender.start("acked", script, databaseUrl, env);
}

function startPeer(
  name: "sequelize" | "drizzle",
  databaseUrl: string,
): Promise<Contender> {
  const script = new URL(`../peers/${name}/server.ts`, import.meta.url);
  return Contender.start(name, script, databaseUrl);
}

/** Starts Acked and both peers. Stops them and drops their databases, also after a failure. */
export async function withServers<Result>(
  { postgresUrl, openDatabase }: BenchContext,
  scenario: string,
  chats: readonly SeededChat[],
  use: (servers: Servers) => Promise<Result>,
): Promise<Result> {
  const databases: BenchDatabase[] = [];
  const contenders: Contender[] = [];

  async function acked(): Promise<Server> {
    const database = await openDatabase(`${scenario}_acked`);
    databases.push(database);
    await seedAcked(database.url, chats);
    const contender = await startAcked(database.url);
    contenders.push(contender);
    return { contender, databaseUrl: database.url };
  }

  async function peer(name: "sequelize" | "drizzle"): Promise<Server> {
    const database = await createDatabase(
      postgresUrl,
      `${scenario}_${name}`,
      "empty",
    );
    databases.push(database);
    await seedPeer(database.url, chats);
    const contender = await startPeer(name, database.url);
    contenders.push(contender);
    return { contender, databaseUrl: database.url };
  }

  try {
    return await use({
      acked: await acked(),
      sequelize: await peer("sequelize"),
      drizzle: await peer("drizzle"),
    });
  } finally {
    for (const contender of contenders) await contender.stop();
    for (const database of databases) await database.close();
  }
}
