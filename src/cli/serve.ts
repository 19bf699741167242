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
  const server = await startServer(config, log);
  await announce(config, server);

  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, "stopping");
    setTimeout(() => {
      log.error("stopping took too long");
      process.exit(1);
    }, stopLimitMs).unref();
    server.close().then(
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
  if (logFormat === "json") {
    const demoTokens = Object.fromEntries(
      users.map(({ id, token }) => [id, token]),
    );
    console.log(
      JSON.stringify({
        event: "ready",
        url,
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
    `  Health       ${new URL("/readyz", url).href}`,
  ];
  for (const { name, token } of users)
    lines.push("", `  ${name}'s token, good for a day:`, `  ${token}`);
  console.log([...lines, ""].join("\n"));
}
