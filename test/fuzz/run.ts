import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { RawSocket } from "../support/raw-socket.js";
import type { WatchedServer } from "../support/watched-server.js";
import type { Sender, Step } from "./steps.js";
import { placeholders } from "./values.js";

// Does the steps, and says what is wrong with the answers. Whatever a client sends, these hold: no
// internal error, only the codes of R28, no insides in a message, an answer, and answers of errors that
// are not long.

/** The codes of R28 but for the one that nobody may cause. */
const codes = [
  ...["UNAUTHENTICATED", "NOT_FOUND", "FORBIDDEN", "BAD_USER_INPUT"],
  ...["CONFLICT", "RATE_LIMITED", "UNAVAILABLE"],
];

/** The longest answer that only holds errors, in characters. */
const longestErrors = 16_384;

/** A body that is longer may be refused in the middle, so that the refusal itself is lost. In characters. */
const longestWhole = 16_384;

/** Nothing may take longer, in milliseconds: an answer that does not come is a failure. */
const patienceMs = 30_000;

/** Words that only the inside of the server uses. */
const insides = /node_modules|\.ts:\d|\.js:\d|postgres|drizzle|select .* from/i;

/** Close codes of the server that are somebody's fault, of the client or of the load. */
const closeCodes = [1_000, 1_002, 1_003, 1_005, 1_007, 1_008, 1_009, 1_013];

/** A client of the fuzzed server, with ids that the server gave out. */
export class Fuzzer {
  private readonly server: WatchedServer;
  private readonly tokens: Readonly<Record<Sender, string | null>>;
  private readonly values: ReadonlyMap<string, string>;
  /** How much of the server's stderr was looked at: Node says a warning once. */
  private heard = 0;

  private constructor(
    server: WatchedServer,
    tokens: Fuzzer["tokens"],
    values: Fuzzer["values"],
  ) {
    this.server = server;
    this.tokens = tokens;
    this.values = values;
  }

  /** Makes people, conversations and messages. */
  static async on(server: WatchedServer): Promise<Fuzzer> {
    const tokens = {
      member: await server.token("fuzz-member"),
      stranger: await server.token("fuzz-stranger"),
      service: await server.token("fuzz-service", { isService: true }),
      nobody: null,
      forger: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.x",
    };
    const ask = async <T>(query: string, as: Sender = "member"): Promise<T> => {
      const { data, errors } = (await (
        await post(server.url, tokens[as], JSON.stringify({ query }))
      ).json()) as { data: T; errors?: unknown };
      if (errors) throw new Error(JSON.stringify(errors));
      return data;
    };
    const make = async (as: Sender, other: string) => {
      const { made } = await ask<{ made: { conversation: { id: string } } }>(
        `mutation { made: createConversation(input: { participantIds: ["${other}"] }) { conversation { id } } }`,
        as,
      );
      return made.conversation.id;
    };
    const conversation = await make("member", "fuzz-friend");
    const { sent } = await ask<{ sent: { message: { id: string } } }>(
      `mutation { sent: sendMessage(input: { conversationId: "${conversation}", clientId: "1", body: "x" }) { message { id } } }`,
    );
    const { found } = await ask<{
      found: {
        cursor: string;
        messages: { pageInfo: { endCursor: string } };
      };
    }>(
      `{ found: conversation(id: "${conversation}") { cursor messages(first: 5) { pageInfo { endCursor } } } }`,
    );
    const known: Record<(typeof placeholders)[number], string> = {
      "%conversation%": conversation,
      "%message%": sent.message.id,
      "%other%": await make("stranger", "fuzz-friend"),
      "%user%": "fuzz-friend",
      "%cursor%": found.cursor,
      "%page%": found.messages.pageInfo.endCursor,
    };
    return new Fuzzer(server, tokens, new Map(Object.entries(known)));
  }

  /** Does steps beside each other. @returns what is wrong; empty where nothing is */
  async problems(steps: readonly Step[]): Promise<string[]> {
    const found = await Promise.all(steps.map((step) => this.problemOf(step)));
    // Every server that is whole answers this, whatever came before.
    const honest = await this.ofBody(
      JSON.stringify({ query: "{ viewer { id } }" }),
      "application/json",
      "member",
    );
    const { ended, stderr } = this.server;
    const said = stderr.slice(this.heard);
    this.heard = stderr.length;
    return [
      ...found.filter((problem) => problem !== null),
      ...(honest === null ? [] : [`an honest query: ${honest}`]),
      ...(ended === null ? [] : [ended]),
      ...(/Warning:|Error:/.test(said) ? [`stderr: ${said}`] : []),
    ];
  }

  private async problemOf(step: Step): Promise<string | null> {
    try {
      if ("tcp" in step) return await this.ofBytes(step.tcp);
      if ("socket" in step) return await this.ofSocket(step.socket);
      return "http" in step
        ? await this.ofBody(
            JSON.stringify(step.http),
            "application/json",
            step.as,
          )
        : await this.ofBody(step.body, step.type, step.as);
    } catch (error) {
      return `no answer: ${String(error)} ${error instanceof Error ? String(error.cause) : ""}`;
    }
  }

  /** Puts in ids and cursors that exist. */
  private filled(text: string): string {
    return text.replaceAll(
      /%(?:conversation|message|other|user|cursor|page)%/g,
      (name) => this.values.get(name) ?? name,
    );
  }

  private async ofBody(
    body: string,
    type: string,
    as: Sender,
  ): Promise<string | null> {
    const filled = this.filled(body);
    const ask = () => post(this.server.url, this.tokens[as], filled, type);
    // A server may refuse and close before it has read a body. The connection is then gone, for this request or
    // for the next one on it.
    const response = await ask()
      .catch(ask)
      .catch((error: unknown) => {
        if (filled.length > longestWhole) return null;
        throw error;
      });
    if (!response) return null;
    const text = await response.text();
    if (response.status >= 500 && response.status !== 503)
      return `HTTP ${response.status}: ${text.slice(0, 300)}`;
    return problemOfAnswer(text);
  }

  private async ofBytes(bytes: string): Promise<string | null> {
    const { hostname, port } = new URL(this.server.url);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined);
    let text = "";
    socket.on("data", (data: Buffer) => (text += data.toString("latin1")));
    await once(socket, "connect");
    socket.write(Buffer.from(bytes, "latin1"));
    // A server that closes before it has read all resets the connection.
    const closed = once(socket, "close").catch(() => undefined);
    await Promise.race([closed, sleep(200)]);
    socket.destroy();
    const status = /HTTP\/1\.1 (5(?!03|05)\d\d)/.exec(text)?.[1];
    return status === undefined
      ? null
      : `HTTP ${status}: ${text.slice(0, 300)}`;
  }

  private async ofSocket(
    frames: Extract<Step, { socket: unknown }>["socket"],
  ): Promise<string | null> {
    const raw = await RawSocket.open(this.server.wsUrl);
    // A frame that begins a longer one waits for the rest of it: such a socket is left alone.
    let isCut = false;
    for (const frame of frames) {
      if (raw.socket.readyState !== raw.socket.OPEN) break;
      if ("init" in frame) raw.init(this.tokens[frame.init] ?? "");
      else if ("message" in frame)
        raw.send(this.filled(JSON.stringify(frame.message)));
      else if ("text" in frame) raw.send(this.filled(frame.text));
      else if ("bytes" in frame) {
        raw.sendBytes(Buffer.from(frame.bytes, "base64"));
        isCut = true;
      } else if (!isCut)
        await Promise.race([raw.settled(), raw.closed]).catch(() => undefined);
    }
    const isSettled = raw.settled().then(
      () => true,
      () => true,
    );
    const isAnswered = await Promise.race([
      ...[isSettled, raw.closed.then(() => true)],
      sleep(isCut ? 200 : patienceMs, false, { ref: false }),
    ]);
    const isOpen = raw.socket.readyState === raw.socket.OPEN;
    raw.terminate();
    const { code, reason } = await raw.closed;
    if (!isAnswered && !isCut) return "the socket stopped answering";
    if (!isOpen && code !== 1_006 && !isExpected(code))
      return `the socket was closed with ${code}: ${reason}`;
    for (const { type, payload } of raw.received) {
      if (type !== "next" && type !== "error") continue;
      const problem = problemOfAnswer(
        JSON.stringify(type === "error" ? { errors: payload } : payload),
      );
      if (problem !== null) return problem;
    }
    return null;
  }
}

function isExpected(code: number): boolean {
  return closeCodes.includes(code) || (code >= 4_400 && code < 4_500);
}

function post(
  url: string,
  token: string | null,
  body: string,
  type = "application/json",
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: {
      ...(type !== "" && { "content-type": type }),
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    body,
    signal: AbortSignal.timeout(patienceMs),
  });
}

function problemOfAnswer(text: string): string | null {
  let answer: {
    data?: unknown;
    errors?: { message: string; extensions?: { code?: string } }[];
  };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    return `no JSON: ${text.slice(0, 300)}`;
  }
  const errors = answer.errors ?? [];
  for (const { message, extensions } of errors) {
    if (!codes.includes(extensions?.code ?? ""))
      return `${extensions?.code ?? "no code"}: ${message.slice(0, 300)}`;
    if (insides.test(message)) return `insides: ${message.slice(0, 300)}`;
  }
  const hasData = answer.data !== undefined && answer.data !== null;
  return !hasData && text.length > longestErrors
    ? `${text.length} characters of errors: ${text.slice(0, 300)}`
    : null;
}
