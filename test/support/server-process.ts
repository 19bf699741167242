import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A server as it is run: a process of its own. */
export interface ServerProcess {
  readonly process: ChildProcess;
  readonly url: string;
  /** Code and signal, once it has ended. */
  readonly ended: Promise<readonly [number | null, string | null]>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts `node <args>` and waits for its ready line.
 * @param env all of its environment but PATH
 */
export async function startServerProcess(
  args: readonly string[],
  { cwd, env }: { cwd?: string; env: Record<string, string> },
): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], LOG_FORMAT: "json", ...env },
  });
  const ended = once(child, "exit") as Promise<[number | null, string | null]>;
  let said = "";
  child.stderr.on("data", (data: Buffer) => (said += data.toString()));
  for await (const line of createInterface(child.stdout)) {
    said += `${line}\n`;
    const { event, url } = parsed(line);
    if (event !== "ready" || url === undefined) continue;
    child.stdout.resume();
    return {
      process: child,
      url,
      ended,
      async kill() {
        child.kill("SIGKILL");
        await ended;
      },
    };
  }
  throw new Error(`the server did not start: ${said}`);
}

function parsed(line: string): { event?: string; url?: string } {
  try {
    return JSON.parse(line) as { event?: string; url?: string };
  } catch {
    return {};
  }
}
