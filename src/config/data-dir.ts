import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ConfigError } from "./config.js";

/**
 * Makes the directory that DATA_DIR names, where it does not exist.
 * @throws {ConfigError} where no file can be written in it
 */
export async function ensureDataDir(dataDir: string): Promise<void> {
  try {
    await makeDirectory(resolve(dataDir));
    // The dot asks for a directory.
    await access(`${dataDir}/.`, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`DATA_DIR can't be used: ${reason}`]);
  }
}

/**
 * Makes a directory and those above it. Node's own recursive `mkdir` tries for ever where a directory
 * exists and refuses new ones with ENOENT, as `/proc` does.
 */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (hasCode(error, "EEXIST")) return;
    if (!hasCode(error, "ENOENT") || (await exists(dirname(path)))) throw error;
    await makeDirectory(dirname(path));
    await makeDirectory(path);
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
