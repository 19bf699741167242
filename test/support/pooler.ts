import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect as connectTo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../packages/embedded-postgres/src/free-port.js";
import { accountFor } from "../../packages/embedded-postgres/src/account.js";
import { createTestDatabase } from "./server.js";

/** Whether Debian's PgBouncer is installed here. */
export const isPgBouncerThere =
  spawnSync("pgbouncer", ["--version"]).status === 0;

/**
 * Makes databases, each behind a PgBouncer of its own, set up as docs/deploy says, which opens so many
 * connections to it.
 */
export function poolers(cleanups: (() => Promise<unknown>)[]) {
  return async (
    mode: "transaction" | "session" | "statement",
    { size = 5, template }: { size?: number; template?: string } = {},
  ): Promise<{ url: string; direct: string }> => {
    const { url: direct, drop } = await createTestDatabase(template);
    cleanups.push(drop);
    const { hostname, port, username, password, pathname } = new URL(direct);
    const directory = await mkdtemp(join(tmpdir(), "acked-bouncer-"));
    cleanups.push(() => rm(directory, { recursive: true }));
    await chmod(directory, 0o755);
    const own = await freePort();
    await writeFile(join(directory, "users"), `"${username}" ""\n`);
    const settings = {
      acked: `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`,
      listen_port: String(own),
      auth_type: "trust",
      auth_file: join(directory, "users"),
      pool_mode: mode,
      default_pool_size: String(size),
    };
    const asDeployed = await readFile("docs/deploy/pgbouncer.ini", "utf8");
    const text = Object.entries(settings).reduce(withSetting, asDeployed);
    await writeFile(join(directory, "ini"), `${text}\nunix_socket_dir =\n`);
    const account = await accountFor(join(directory, "none"));
    const child = spawn("pgbouncer", ["-q", join(directory, "ini")], {
      stdio: "ignore",
      ...account,
    });
    cleanups.push(async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    });
    for (let i = 0; i < 100 && !(await listens(own)); i++) await sleep(50);
    return {
      url: `postgres://${username}@127.0.0.1:${own}${pathname}`,
      direct,
    };
  };
}

/** A configuration with another value of one setting, which it must have. */
function withSetting(text: string, [name, value]: [string, string]): string {
  const line = new RegExp(`^${name} = .*$`, "m");
  if (!line.test(text)) throw new Error(`pgbouncer.ini does not set ${name}`);
  return text.replace(line, `${name === "acked" ? "*" : name} = ${value}`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
