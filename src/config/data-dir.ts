import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { ConfigError } from "./config.js";

/**
 * Makes the directory that DATA_DIR names, where it does not exist.
 * @throws {ConfigError} where no file can be written in it
 */
export async function ensureDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`DATA_DIR can't be used: ${reason}`]);
  }
}
