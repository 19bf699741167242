import { fork, type ChildProcess } from "node:child_process";
import { setPriority } from "node:os";
import type { ZodType } from "zod";
import type { Start, Task } from "./talk.js";

/** A process that loads the server, apart from it. */
export class LoadProcess<Figures> {
  private readonly child: ChildProcess;
  private readonly figures: ZodType<Figures>;

  private constructor(child: ChildProcess, figures: ZodType<Figures>) {
    this.child = child;
    this.figures = figures;
  }

  /**
   * Starts a script that ends with `takeTasks`.
   * @param priority as of `nice`: the machine's processors go to others first
   */
  static async start<Figures>(
    script: URL,
    figures: ZodType<Figures>,
    given: Start,
    priority = 0,
  ): Promise<LoadProcess<Figures>> {
    const child = fork(script, { execArgv: ["--import", "tsx"] });
    if (child.pid !== undefined && priority > 0)
      setPriority(child.pid, priority);
    const ready = answerOf(child);
    child.send(given);
    await ready;
    return new LoadProcess(child, figures);
  }

  /** Gives a task, and waits for its figures. */
  async do(task: Task): Promise<Figures> {
    const answer = answerOf(this.child);
    this.child.send(task);
    return this.figures.parse(await answer);
  }

  stop(): void {
    this.child.kill("SIGKILL");
  }
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => {
      child.off("message", onMessage);
      reject(new Error(`a load process ended with ${String(code)}`));
    };
    const onMessage = (message: unknown) => {
      child.off("exit", onExit);
      resolve(message);
    };
    child.once("exit", onExit);
    child.once("message", onMessage);
  });
}
