import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A secret that is made at the first start and kept in the data directory.
 * @param name the file: `jwt-secret`, which a development server signs tokens with, or `cursor-secret`
 */
export async function developmentSecret(
  dataDir: string,
  name: "jwt-secret" | "cursor-secret" = "jwt-secret",
): Promise<string> {
  const file = join(dataDir, name);
  await mkdir(dataDir, { recursive: true });
  try {
    await writeFile(file, randomBytes(32).toString("base64url"), {
      flag: "wx",
      mode: 0o600,
    });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST"))
      throw error;
  }
  return (await readFile(file, "utf8")).trim();
}
