import { readPlaces, readRights, type Session } from "./database-queries.js";
import { failure, ok, warning, type Verdict } from "./finding.js";

/** Beside its pool a node has a connection for sweeps, and for a while one for migrations or the bus. */
const besidePool = 2;

/** Compares DATABASE_POOL with what the database lets in. */
export async function checkConnections(
  sql: Session,
  databasePool: number,
): Promise<Verdict> {
  const { version, role, most, reserved, used, ...limits } =
    await readPlaces(sql);
  const free = [
    most - reserved,
    ...[limits.roleLimit, limits.databaseLimit].filter((limit) => limit >= 0),
  ];
  const forUs = Math.min(...free);
  const needed = databasePool + besidePool;
  const told = `Postgres ${version} lets ${String(forUs)} connections of ${role} in, ${String(used)} are open, and a node takes ${String(needed)} at most`;
  if (forUs < needed)
    return warning(
      `${told}: it makes do with fewer.`,
      `Set DATABASE_POOL=${String(Math.max(1, forUs - besidePool))}, or raise max_connections or the limit of the role or database.`,
    );
  const nodes = Math.floor(forUs / needed);
  if (nodes < 2)
    return warning(
      `${told}: there is no room for a second node, nor for a rolling deploy.`,
      "Raise max_connections, lower DATABASE_POOL, or put a pooler before it.",
    );
  return ok(`${told}: room for ${String(nodes)} nodes.`);
}

/** Looks whether the role may do all that Acked does. */
export async function checkRights(sql: Session): Promise<Verdict[]> {
  const rights = await readRights(sql);
  const role = `"${rights.role}"`;
  const verdicts: Verdict[] = rights.tables.map(({ name, missing }) =>
    failure(
      `The role ${role} may not ${missing} in ${name}.`,
      `grant select, insert, update, delete on public.${name} to ${role}.`,
    ),
  );
  if (!rights.mayMakeSchemas || !rights.mayMakeTables)
    verdicts.push(
      failure(
        `The role ${role} may not make tables, as each start and \`acked migrate\` do where they are missing.`,
        `grant create on database "${rights.database}" to ${role}; grant create, usage on schema public to ${role}.`,
      ),
    );
  if (!rights.mayUseMigrations)
    verdicts.push(
      failure(
        `The role ${role} may not read and write drizzle.__drizzle_migrations, where migrations are written down.`,
        `grant create, usage on schema drizzle to ${role}; grant select, insert on all tables in schema drizzle to ${role}; grant usage on all sequences in schema drizzle to ${role}.`,
      ),
    );
  if (!rights.mayReadSystem)
    verdicts.push(
      failure(
        `The role ${role} may not call pg_control_system(), by which a restore is noticed.`,
        `grant execute on function pg_control_system() to ${role}.`,
      ),
    );
  if (rights.notOwned.length > 0)
    verdicts.push(
      warning(
        `The role ${role} does not own ${rights.notOwned.join(", ")}: migrations of later versions fail.`,
        "Run `acked migrate` as the owner, or make the role a member of it.",
      ),
    );
  return verdicts.length > 0
    ? verdicts
    : [ok(`The role ${role} may do all that Acked does.`)];
}
