import { execFile } from "node:child_process";
import {
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Only root can write here, so no other user can replace the programs. */
const defaultCacheDir = "/var/cache/acked";

/**
 * Copies the Postgres of the npm package to a folder where any user can run it, once for each version,
 * and returns that folder. Root needs the copy where the package is below a directory that is closed
 * to others, such as /root: Postgres runs as another user, and finds its libraries by its own path.
 * The copy has 60 MB and takes about 0.2 s.
 */
export async function copyWhereReachable(
  platformPackage: string,
  cacheDir: string = defaultCacheDir,
): Promise<string> {
  const version = versionIn(
    await readFile(join(platformPackage, "package.json"), "utf8"),
  );
  const copy = join(cacheDir, `${basename(platformPackage)}-${version}`);
  if (await isDirectory(copy)) return copy;

  await mkdir(cacheDir, { recursive: true, mode: 0o755 });
  const unfinished = await mkdtemp(`${copy}.`);
  try {
    await cp(join(platformPackage, "native"), join(unfinished, "native"), {
      recursive: true,
      verbatimSymlinks: true,
      // Static libraries are for linking other programs.
      filter: (source) => !source.endsWith(".a"),
    });
    // The umask of the installation, or of this process, may be too strict.
    await run("chmod", ["a+rx", cacheDir]);
    await run("chmod", ["-R", "a+rX", unfinished]);
    // A rename leaves a whole copy or none. Where another start was faster, its copy stays.
    await rename(unfinished, copy).catch(async (error: unknown) => {
      if (!(await isDirectory(copy))) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return copy;
}

function versionIn(packageJson: string): string {
  const parsed: unknown = JSON.parse(packageJson);
  if (
    typeof parsed === "object" &&
    parsed !== null &&
    "version" in parsed &&
    typeof parsed.version === "string"
  )
    return parsed.version;
  throw new Error("The embedded Postgres package has no version.");
}

function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
