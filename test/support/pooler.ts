import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect as connectTo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../src/embedded-postgres/free-port.js";
import { accountFor } from "../../src/embedded-postgres/account.js";
import { createTestDatabase } from "./server.js";

/** Whether Debian's PgBouncer is installed here. */
export const isPgBouncerThere =
  spawnSync("pgbouncer", ["--version"]).status === 0;

/** Makes databases, each behind a PgBouncer of its own, which opens so many connections to it. */
export function poolers(cleanups: (() => Promise<unknown>)[]) {
  return async (
    mode: "transaction" | "session" | "statement",
    size = 5,
  ): Promise<{ url: string; direct: string }> => {
    const { url: direct, drop } = await createTestDatabase();
    cleanups.push(drop);
    const { hostname, port, username, password, pathname } = new URL(direct);
    const directory = await mkdtemp(join(tmpdir(), "acked-bouncer-"));
    cleanups.push(() => rm(directory, { recursive: true }));
    await chmod(directory, 0o755);
    const own = await freePort();
    await writeFile(join(directory, "users"), `"${username}" ""\n`);
    await writeFile(
      join(directory, "ini"),
      `[databases]
     * = host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}
     [pgbouncer]
     listen_addr = 127.0.0.1
     listen_port = ${own}
     unix_socket_dir =
     auth_type = trust
     auth_file = ${join(directory, "users")}
     pool_mode = ${mode}
     default_pool_size = ${size}
    `.replaceAll(/^ +/gm, ""),
    );
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

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
