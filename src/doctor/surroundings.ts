import { readFile } from "node:fs/promises";
import type { Config } from "../config/config.js";
import { isLoopback } from "../foundation/loopback.js";
import { failure, ok, skipped, warning, type Verdict } from "./finding.js";

/** The oldest Node that Acked is tested with: `engines` of package.json. */
const oldestNode = [20, 19] as const;

/** What a node that serves 10,000 sockets needs, with its connections, files and some to spare. */
const enoughFiles = 10_500;
const fewFiles = 256;

/** Whether this Node is new enough. */
export function checkNode(version = process.versions.node): Verdict {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = oldestNode;
  const isOld =
    major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
  return isOld
    ? failure(
        `Node ${version} is too old.`,
        `Install Node ${oldestNode.join(".")} or newer.`,
      )
    : ok(`Node ${version}.`);
}

/** How many files and sockets this process may open, where the system tells. */
export async function checkOpenFiles(
  file = "/proc/self/limits",
): Promise<Verdict> {
  const text = await readFile(file, "utf8").catch(() => "");
  const limit = /^Max open files\s+(\d+|unlimited)/m.exec(text)?.[1];
  if (limit === undefined)
    return skipped("This system does not tell how many files may be open.");
  const count = limit === "unlimited" ? Infinity : Number(limit);
  const advice = `Raise the limit: ulimit -n 65536, LimitNOFILE=65536 of systemd, or ulimits of the container.`;
  if (count < fewFiles)
    return failure(`Only ${limit} files and sockets may be open.`, advice);
  return count < enoughFiles
    ? warning(
        `${limit} files and sockets may be open, and each client's socket is one.`,
        advice,
      )
    : ok(`${limit} files and sockets may be open.`);
}

/** What the environment says that goes together, and is yet a mistake. */
export function checkEnvironment(config: Config): Verdict[] {
  const { isProduction, database, host } = config;
  const verdicts: Verdict[] = [];
  if (!isProduction && (database.kind === "url" || !isLoopback(host)))
    verdicts.push(
      warning(
        database.kind === "url"
          ? "DATABASE_URL is set, and NODE_ENV is not production: introspection is on, and so is what is meant for development."
          : `HOST is ${host}, and NODE_ENV is not production: others reach what is meant for development.`,
        "Set NODE_ENV=production where this serves users.",
      ),
    );
  if (isProduction && database.kind === "embedded")
    verdicts.push(
      warning(
        "The embedded Postgres is used in production: there is no standby, no backup and no second node.",
        "Set DATABASE_URL.",
      ),
    );
  return verdicts.length > 0 ? verdicts : [ok("All variables are right.")];
}
