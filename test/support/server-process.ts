import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** `acked serve`, from its sources. */
export const fromSources = ["--import", "tsx", "src/main.ts", "serve"];

/** A server in a process of its own, as in production. */
export interface ServerProcess {
  readonly process: ChildProcess;
  readonly url: string;
  /** The output until it was ready, of stdout and stderr. */
  readonly said: string;
  /** Exit code and signal, once the process has ended. */
  readonly ended: Promise<readonly [number | null, string | null]>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
}

/** A server that ended before it was ready. */
export class StartFailure extends Error {
  /** Code and signal. */
  readonly ended: readonly [number | null, string | null];

  constructor(said: string, ended: StartFailure["ended"]) {
    super(`the server did not start: ${said}`);
    this.ended = ended;
  }
}

/**
 * Starts `node <args>` and waits for its ready line.
 * @param env the whole environment of the process, without PATH
 * @param onSpawn called with the process before it is ready
 * @throws {StartFailure} where it ends before it says that it is ready
 */
export async function startServerProcess(
  args: readonly string[],
  {
    cwd,
    env,
    onSpawn = () => undefined,
    hasChannel = false,
  }: {
    cwd?: string;
    env: Record<string, string>;
    onSpawn?: (child: ChildProcess) => void;
    /** Whether messages can be sent to the process. */
    hasChannel?: boolean;
  },
): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    cwd,
    stdio: ["ignore", "pipe", "pipe", hasChannel ? "ipc" : "ignore"],
    env: { PATH: process.env["PATH"], LOG_FORMAT: "json", ...env },
  });
  const ended = once(child, "exit") as Promise<[number | null, string | null]>;
  onSpawn(child);
  let said = "";
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error("a process without output");
  stderr.on("data", (data: Buffer) => (said += data.toString()));
  for await (const line of createInterface(stdout)) {
    said += `${line}\n`;
    const { event, url } = parsed(line);
    if (event !== "ready" || url === undefined) continue;
    stdout.resume();
    return {
      process: child,
      url,
      said,
      ended,
      async kill() {
        child.kill("SIGKILL");
        await ended;
      },
    };
  }
  throw new StartFailure(said, await ended);
}

function parsed(line: string): { event?: string; url?: string } {
  try {
    return JSON.parse(line) as { event?: string; url?: string };
  } catch {
    return {};
  }
}

/** Sends an operation over HTTP with a token. */
export function post(
  { url }: Pick<ServerProcess, "url">,
  token: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query, variables }),
  });
}
