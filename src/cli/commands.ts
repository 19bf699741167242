import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import {
  developmentSecret,
  existingDevelopmentSecret,
} from "../config/development-secret.js";
import { signToken } from "../auth/token.js";
import { ConfigError, readConfig, type Config } from "../config/config.js";
import { runReplay } from "./replay/run-replay.js";
import { createLog } from "../log/log.js";
import { startServer } from "../server.js";
import { secondsOf } from "../foundation/duration.js";
import { isId } from "../foundation/limits.js";
import { doctor } from "./doctor.js";
import { migrate } from "./migrate.js";
import { serve } from "./serve.js";

const hourInSeconds = 3_600;

/** Adds every command of `acked`. */
export function addCommands(program: Command): void {
  program
    .command("serve")
    .description("serve the API")
    .action(() => serve(environment()));

  program
    .command("migrate")
    .description("bring the database to this version's tables")
    .option(
      "--new-timeline",
      "after the database was put back from a backup: begin a new timeline, so that clients read the state anew",
    )
    .action((options: { newTimeline?: true }) =>
      migrate(environment(), options),
    );

  program
    .command("token")
    .description(
      "print a token for a user, signed with AUTH_JWT_SECRET or the development secret",
    )
    .requiredOption("--user <id>", "the user's id", userId)
    .option("--name <name>", "the name to show")
    .option(
      "--ttl <time>",
      "how long the token is valid: 90s, 30m, 1h, 7d",
      seconds,
      hourInSeconds,
    )
    .option("--service", "make a service token, for the host app's back end")
    .action(printToken);

  program
    .command("replay")
    .description(
      "replay a chat log through the API, and print the statuses of its messages",
    )
    .argument(
      "<file>",
      "lines such as `[09:03] <nick> text` and `=== nick has joined #room`",
    )
    .option(
      "--url <url>",
      "a running server's GraphQL address; without it a temporary one is started",
      endpoint,
    )
    .action(replayFile);

  program
    .command("doctor")
    .description(
      "look at environment, database, bus, keys and clock, and say what is wrong and what to do",
    )
    .option("--json", "one line of JSON for programs")
    .action(doctor);

  program.command("compact", { hidden: true }).action(() => {
    throw new ConfigError(["`acked compact` is not built yet"]);
  });
}

function environment(): Config {
  return readConfig(process.env, { isTerminal: process.stdout.isTTY });
}

async function printToken(options: {
  user: string;
  name?: string;
  ttl: number;
  service?: true;
}): Promise<void> {
  const config = environment();
  if (options.ttl > config.maxTokenAgeS)
    throw new ConfigError([
      `AUTH_MAX_TOKEN_AGE is ${String(config.maxTokenAgeS)} s: the server would refuse a token that is good for ${String(options.ttl)} s`,
    ]);
  console.log(
    await signToken(await signingSecret(config), {
      userId: options.user,
      ttlSeconds: options.ttl,
      issuer: config.issuer,
      audience: config.audience,
      ...(options.name !== undefined && { name: options.name }),
      ...(options.service && { isService: true }),
    }),
  );
}

async function replayFile(file: string, { url }: { url?: URL }): Promise<void> {
  const config = environment();
  if (url) await replayInto(url, await signingSecret(config), config, file);
  else
    await withTemporaryServer(config, (url, secret) =>
      replayInto(url, secret, config, file),
    );
}

async function replayInto(
  endpoint: URL,
  secret: string,
  { issuer, audience }: Config,
  file: string,
): Promise<void> {
  const sign = (userId: string, isService: boolean) =>
    signToken(secret, {
      userId,
      ttlSeconds: hourInSeconds,
      isService,
      issuer,
      audience,
    });
  const tokens = {
    service: await sign("replay", true),
    forUser: (userId: string) => sign(userId, false),
  };
  await runReplay({ file, endpoint, tokens, out: process.stdout });
}

/** Runs `use` with a server and a database of their own; both are removed afterwards. */
async function withTemporaryServer(
  config: Config,
  use: (url: URL, secret: string) => Promise<void>,
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "acked-replay-"));
  try {
    const secret = await developmentSecret(dataDir);
    const server = await startServer(
      {
        ...config,
        dataDir,
        host: "127.0.0.1",
        port: 0,
        database: { kind: "embedded" },
        keys: { kind: "secret", secret },
        demo: false,
      },
      createLog({ level: "warn" }),
    );
    try {
      await use(new URL(server.url), secret);
    } finally {
      await server.close();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function signingSecret({ keys, dataDir }: Config): Promise<string> {
  if (keys?.kind === "jwks")
    throw new ConfigError([
      "AUTH_JWT_SECRET is needed to sign: AUTH_JWKS_URL only verifies",
    ]);
  if (keys) return keys.secret;
  return existingDevelopmentSecret(dataDir);
}

function userId(text: string): string {
  if (!isId(text))
    throw new InvalidArgumentError("Must be 1 to 128 characters.");
  return text;
}

function seconds(text: string): number {
  const parsed = secondsOf(text);
  if (parsed === null)
    throw new InvalidArgumentError(
      "Must be a number and one of s, m, h, d, such as 1h.",
    );
  return parsed;
}

function endpoint(text: string): URL {
  if (!URL.canParse(text))
    throw new InvalidArgumentError(
      "Must be a URL such as http://127.0.0.1:4000/graphql.",
    );
  return new URL(text);
}
