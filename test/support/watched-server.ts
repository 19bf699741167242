import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signToken, type TokenRequest } from "../../src/auth/token.js";
import { fromSources, startServerProcess } from "./server-process.js";
import { createTestDatabase, testSecret } from "./server.js";
import type { Vitals } from "./watch-process.js";

/** A server in a process of its own that is watched from inside. */
export interface WatchedServer {
  readonly url: string;
  readonly wsUrl: string;
  readonly databaseUrl: string;
  /** All that the process has written to stderr: Node's warnings, with their stacks. */
  readonly stderr: string;
  /** Lines of the log at the level error and above. */
  readonly errors: readonly string[];
  /** How it ended; null while it runs. */
  readonly ended: string | null;
  token(userId: string, request?: Partial<TokenRequest>): Promise<string>;
  vitals(): Promise<Vitals>;
  close(): Promise<void>;
}

/** Starts one on a database of its own. */
export async function startWatchedServer(
  env: Record<string, string> = {},
): Promise<WatchedServer> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "acked-watched-"));
  let stderr = "";
  let ended: string | null = null;
  const errors: string[] = [];
  const server = await startServerProcess(
    [
      ...["--trace-warnings", "--expose-gc", "--max-semi-space-size=64"],
      ...["--import", "tsx", "--import", "./test/support/watch-process.ts"],
      ...fromSources.slice(2),
    ],
    {
      env: {
        PORT: "0",
        DATABASE_URL: database.url,
        DATA_DIR: dataDir,
        BUS_URL: "in-process",
        AUTH_JWT_SECRET: testSecret,
        NODE_ENV: "production",
        USER_CONVERSATIONS: "open",
        LOG_LEVEL: "error",
        ...env,
      },
      hasChannel: true,
      onSpawn(child) {
        child.stderr?.on("data", (data: Buffer) => {
          stderr += data.toString();
        });
        child.stdout?.on("data", (data: Buffer) => {
          errors.push(
            ...data
              .toString()
              .split("\n")
              .filter((line) => line.startsWith('{"level"')),
          );
        });
        child.once("exit", (code, signal) => {
          ended = `it ended with ${code ?? signal ?? "nothing"}`;
        });
      },
    },
  );
  return {
    url: server.url,
    wsUrl: server.url.replace(/^http/, "ws"),
    databaseUrl: database.url,
    get stderr() {
      return stderr;
    },
    errors,
    get ended() {
      return ended;
    },
    token: (userId, request = {}) =>
      signToken(testSecret, { userId, ttlSeconds: 86_400, ...request }),
    async vitals() {
      const answer = once(server.process, "message");
      server.process.send("vitals");
      return ((await answer) as [Vitals])[0];
    },
    async close() {
      server.process.kill("SIGTERM");
      const impatience = setTimeout(() => void server.kill(), 15_000);
      await server.ended;
      clearTimeout(impatience);
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
