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

/** Only root can write here, so nobody can put other programs in its place. */
const defaultCacheDir = "/var/cache/acked";

/**
 * Copies the package's Postgres to where any user can run it, once for each version, and returns the
 * copy's folder. For root with a checkout below a directory that is closed to others, such as /root:
 * Postgres runs as another user there, and finds its libraries by its own path. 60 MB, about 0.2 s.
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
    // Whatever umask the package was installed with, and this process has.
    await run("chmod", ["a+rx", cacheDir]);
    await run("chmod", ["-R", "a+rX", unfinished]);
    // A whole copy or none under its name; when another start was faster, theirs stays.
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
