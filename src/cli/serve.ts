import type { Logger } from "pino";
import pretty from "pino-pretty";
import type { Config } from "../config/config.js";
import { createLog } from "../log/log.js";
import { startServer, type Server } from "../server.js";
import { stopBudget } from "../stop-budget.js";
import { announcement } from "./announcement.js";

/** Serves until SIGTERM or SIGINT, then stops in order and exits with 0. */
export async function serve(config: Config): Promise<void> {
  const log = logOf(config);
  for (const warning of config.warnings) log.warn(warning);
  // Node itself would print the error with everything in it.
  process.once("uncaughtException", (err) => {
    log.fatal({ err }, "an error that nothing caught");
    process.exit(1);
  });
  const stopping = new AbortController();
  // Signals are heard before the start begins, so that no part of the server is left half started.
  const asked = whenAskedToStop(config);
  const starting = startServer(config, log, stopping.signal);
  void asked.then(async (signal) => {
    stopping.abort();
    log.info({ signal }, "stopping");
    setTimeout(() => {
      log.error("stopping took too long and is broken off");
      process.exit(0);
    }, stopBudget(config).total);
    process.exit(await stop(starting, log));
  });
  try {
    const server = await starting;
    void server.failed.then(async (err) => {
      log.fatal({ err }, "this node can't go on");
      await stop(starting, log);
      process.exit(1);
    });
    if (!stopping.signal.aborted)
      console.log(await announcement(config, server));
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  }
}

/** Waits for the start, and stops the server where the start succeeded. Returns the exit code. */
async function stop(starting: Promise<Server>, log: Logger): Promise<0 | 1> {
  const server = await starting.catch((err: unknown) => {
    log.info({ err }, "the start was given up");
    return null;
  });
  try {
    await server?.close();
    return 0;
  } catch (err) {
    log.error({ err }, "stopping failed");
    return 1;
  }
}

/** Resolves with the first event that asks for a stop: SIGTERM, SIGINT, or the end of npm. */
function whenAskedToStop({ stopsWithParent }: Config): Promise<string> {
  return new Promise((resolve) => {
    process.on("SIGTERM", resolve);
    process.on("SIGINT", resolve);
    if (stopsWithParent) whenOrphaned(() => resolve("the end of npm"));
  });
}

const parentCheckMs = 500;

/** Calls back once the process that started this one is gone. */
function whenOrphaned(callback: () => void): void {
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    callback();
  }, parentCheckMs);
  check.unref();
}

function logOf({ logLevel: level, logFormat }: Config): Logger {
  if (logFormat === "json") return createLog({ level });
  return createLog(
    { level },
    pretty({ translateTime: "SYS:HH:MM:ss", ignore: "node", sync: true }),
  );
}
