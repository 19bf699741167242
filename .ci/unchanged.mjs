// node .ci/unchanged.mjs PATH[,PATH…] COMMAND [ARGUMENT…]
//
// Fails where a generator would change files that are checked in: runs the command, compares the paths
// with their state before, and restores that state.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import {
  mkdir,
  readFile,
  readdir,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";

const [paths = "", command = "", ...args] = process.argv.slice(2);

/** @returns {Promise<Map<string, string>>} every file under a path, by its name */
async function filesUnder(path) {
  if (!existsSync(path)) return new Map();
  const names = (await stat(path)).isDirectory()
    ? (await readdir(path, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [path];
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(name, "utf8")]),
    ),
  );
}

async function snapshot() {
  const maps = await Promise.all(paths.split(",").map(filesUnder));
  return new Map(maps.flatMap((map) => [...map]));
}

const before = await snapshot();
const run = spawnSync(command, args, { stdio: ["ignore", "pipe", "pipe"] });
process.stdout.write(run.stdout ?? "");
process.stderr.write(run.stderr ?? "");
const after = await snapshot();

const stale = [...new Set([...before.keys(), ...after.keys()])].filter(
  (name) => before.get(name) !== after.get(name),
);
for (const name of stale) {
  const text = before.get(name);
  if (text === undefined) await rm(name);
  else {
    await mkdir(dirname(name), { recursive: true });
    await writeFile(name, text);
  }
}

for (const name of stale) console.error(`not up to date: ${name}`);
if (run.error) console.error(run.error.message);
// drizzle-kit exits with 0 where it needed an answer from a user: only its output shows that.
const hasFailed = run.status !== 0 || /^\w*Error: /m.test(run.stderr);
process.exitCode = stale.length > 0 || hasFailed ? 1 : 0;
