import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ConfigError } from "./config.js";

/** A file with a secret: what a development server signs tokens with, or what cursors are sealed with. */
type SecretName = "jwt-secret" | "cursor-secret";

/** A secret that is made at the first start and kept in the data directory, which exists. */
export async function developmentSecret(
  dataDir: string,
  name: SecretName = "jwt-secret",
): Promise<string> {
  const file = join(dataDir, name);
  try {
    await writeFile(file, randomBytes(32).toString("base64url"), {
      flag: "wx",
      mode: 0o600,
    });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST"))
      throw error;
  }
  return read(file);
}

/**
 * The secret that a development server has made. Makes none: no server would know it.
 * @throws {ConfigError} where no server has started with this data directory
 */
export async function existingDevelopmentSecret(
  dataDir: string,
): Promise<string> {
  const file = resolve(dataDir, "jwt-secret");
  try {
    return await read(file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT"))
      throw error;
    throw new ConfigError([
      `AUTH_JWT_SECRET is not set, and there is no ${file}: run this in the folder where the server was started, set DATA_DIR to its data directory, or start it first`,
    ]);
  }
}

async function read(file: string): Promise<string> {
  return (await readFile(file, "utf8")).trim();
}
