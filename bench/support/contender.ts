import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { answer, type Answer, type Question } from "./contender-process.js";
import { secret } from "./tokens.js";

/** The flags of `npm start`, for every contender. */
const nodeFlags = ["--max-semi-space-size=64"];

/**
 * A server that is measured, as a process of its own, so that its CPU is its own. `CPU_PROF=<name>`
 * in the environment leaves a CPU profile of it in the temporary directory.
 */
export class Contender {
  readonly name: string;
  /** Where the server listens, e.g. `127.0.0.1:49152`. */
  readonly host: string;
  private readonly child: ChildProcess;

  private constructor(name: string, host: string, child: ChildProcess) {
    this.name = name;
    this.host = host;
    this.child = child;
  }

  /** Starts a script that ends with `answerQuestions`; it finds its database in DATABASE_URL. */
  static async start(
    name: string,
    script: URL,
    databaseUrl = "",
    env: Readonly<Record<string, string>> = {},
  ): Promise<Contender> {
    const profile =
      process.env["CPU_PROF"] === name
        ? ["--cpu-prof", `--cpu-prof-dir=${tmpdir()}/acked-profiles`]
        : [];
    const child = fork(script, {
      execArgv: [...profile, ...nodeFlags, "--import", "tsx"],
      env: {
        ...process.env,
        HOST: "127.0.0.1",
        DATABASE_URL: databaseUrl,
        AUTH_JWT_SECRET: secret,
        NODE_ENV: "production",
        ...env,
      },
    });
    const ready = await next(name, child);
    if (ready.kind !== "ready") throw new Error(`${name} said ${ready.kind}`);
    return new Contender(name, `127.0.0.1:${ready.port}`, child);
  }

  /** CPU that the process has used since its start, user and system, in microseconds. */
  async cpuMicros(): Promise<number> {
    const reply = next(this.name, this.child);
    this.ask("cpu");
    const usage = await reply;
    if (usage.kind !== "cpu")
      throw new Error(`${this.name} said ${usage.kind}`);
    return usage.micros;
  }

  /** Ends the process, also where it hangs or has ended by itself. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    const impatience = setTimeout(() => child.kill("SIGKILL"), 10_000);
    if (child.connected) this.ask("stop");
    await gone;
    clearTimeout(impatience);
  }

  private ask(question: Question): void {
    this.child.send(question);
  }
}

/** The next message of a contender; rejects where the contender ends instead. */
function next(name: string, child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => {
      child.off("message", onMessage);
      reject(new Error(`${name} ended with code ${code ?? "none"}`));
    };
    const onMessage = (message: unknown) => {
      child.off("exit", onExit);
      resolve(answer.parse(message));
    };
    child.once("exit", onExit);
    child.once("message", onMessage);
  });
}

/** Starts contenders one after the other and hands them over. Stops them, also after a failure. */
export async function withContenders<Result>(
  starts: readonly (() => Promise<Contender>)[],
  use: (contenders: readonly Contender[]) => Promise<Result>,
): Promise<Result> {
  const started: Contender[] = [];
  try {
    for (const start of starts) started.push(await start());
    return await use(started);
  } finally {
    await Promise.allSettled(started.map((contender) => contender.stop()));
  }
}
