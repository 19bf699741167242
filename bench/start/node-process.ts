import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { secret } from "../support/tokens.js";

const root = new URL("../../", import.meta.url);

/** The program to start: the build, as `npm start` does; the sources where nothing is built. */
export const program = existsSync(new URL("dist/main.js", root))
  ? { name: "dist", args: ["dist/main.js"] }
  : { name: "sources", args: ["--import", "tsx", "src/main.ts"] };

const readyLine = z.object({
  event: z.literal("ready"),
  url: z.string(),
});

/** A node that serves. */
export interface RunningNode {
  readonly url: string;
  /** Milliseconds from its start until its ready line. */
  readonly readyMs: number;
  /** Ends the process and waits until it is gone. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** Starts Acked with an embedded Postgres on a data directory. */
export async function startNode(dataDir: string): Promise<RunningNode> {
  const { PATH = "", HOME = "" } = process.env;
  const start = performance.now();
  const child = spawn(process.execPath, [...program.args, "serve"], {
    cwd: fileURLToPath(root),
    env: {
      PATH,
      HOME,
      PORT: "0",
      DATA_DIR: dataDir,
      DEMO: "false",
      AUTH_JWT_SECRET: secret,
      LOG_LEVEL: "error",
      LOG_FORMAT: "json",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { url } = await firstReadyLine(child).catch((error: unknown) => {
    child.kill("SIGTERM");
    throw error;
  });
  return {
    url,
    readyMs: performance.now() - start,
    async end(signal) {
      const gone = once(child, "exit");
      child.kill(signal);
      await gone;
    },
  };
}

async function firstReadyLine(child: ChildProcess) {
  if (!child.stdout) throw new Error("start: no output to read");
  for await (const line of createInterface(child.stdout)) {
    const ready = readyLine.safeParse(JSON.parse(line));
    if (ready.success) return ready.data;
  }
  throw new Error("start: it ended before it was ready");
}
