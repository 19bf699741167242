import { pino, type Logger } from "pino";
import pretty from "pino-pretty";
import type { Config } from "../config.js";
import { demoUsers } from "../demo/demo-data.js";
import { startServer, type Server } from "../server.js";

/** A stop that takes longer than this is ended. */
const stopLimitMs = 9_500;

/** Serves until SIGTERM or SIGINT, then stops in order and exits with 0. */
export async function serve(config: Config): Promise<void> {
  const log = createLog(config);
  const starting = startServer(config, log);

  const stopping = new AbortController();
  const stop = (signal: string) => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    log.info({ signal }, "stopping");
    setTimeout(() => {
      log.error("stopping took too long");
      process.exit(1);
    }, stopLimitMs).unref();
    // One that is asked for during the start comes after it, so that nothing is left half started.
    starting
      .then((server) => server.close())
      .then(
        () => process.exit(0),
        (err: unknown) => {
          log.error({ err }, "stopping failed");
          process.exit(1);
        },
      );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  if (config.stopsWithParent) whenOrphaned(() => stop("the end of npm"));
  const server = await starting;
  if (!stopping.signal.aborted) await announce(config, server);
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

function createLog({ logLevel, logFormat }: Config): Logger {
  if (logFormat === "json") return pino({ level: logLevel });
  return pino(
    { level: logLevel },
    pretty({
      translateTime: "SYS:HH:MM:ss",
      ignore: "pid,hostname",
      sync: true,
    }),
  );
}

/** One line of JSON for programs; addresses and tokens for people. */
async function announce(
  { demo, logFormat }: Config,
  { url, keys }: Server,
): Promise<void> {
  const users =
    demo && keys.kind === "secret" ? await demoUsers(keys.secret) : [];
  const demoUrl = new URL("/demo/", url).href;
  if (logFormat === "json") {
    const demoTokens = Object.fromEntries(
      users.map(({ id, token }) => [id, token]),
    );
    console.log(
      JSON.stringify({
        event: "ready",
        url,
        ...(demo && { demoUrl }),
        ...(users.length > 0 && { demoTokens }),
      }),
    );
    return;
  }
  const lines = [
    "",
    "  Acked is ready.",
    "",
    `  GraphQL      ${url}   (open it in a browser to explore)`,
    `  WebSocket    ${url.replace(/^http/, "ws")}`,
    ...(demo ? [`  Demo chat    ${demoUrl}`] : []),
    `  Health       ${new URL("/readyz", url).href}`,
  ];
  for (const { name, token } of users)
    lines.push("", `  ${name}'s token, good for a day:`, `  ${token}`);
  console.log([...lines, ""].join("\n"));
}
