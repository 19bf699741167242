import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nameStatement } from "../src/db/failure.js";
import { createLog } from "../src/log/log.js";
import { serializeError } from "../src/log/serialize-error.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { logLines } from "./support/log-lines.js";
import { startTestServer } from "./support/server.js";

const secret = "kept out of the log";

describe("an error in the log", () => {
  it("has its class, its code, the statement's name and where it was thrown, and no text", () => {
    const error = Object.assign(new Error(`duplicate key: ${secret}`), {
      code: "23505",
      detail: secret,
      hint: secret,
      where: secret,
      query: secret,
      parameters: [secret],
      constraint_name: secret,
    });
    nameStatement(error, "send");
    const wrapped = new TypeError(`Failed query: ${secret}`, { cause: error });
    const logged = serializeError(wrapped);
    expect(JSON.stringify(logged)).not.toContain(secret);
    expect(logged).toMatchObject({
      type: "TypeError",
      statement: "send",
      cause: { type: "Error", code: "23505", statement: "send" },
    });
    expect(logged.stack).toContain("log.test.ts");
  });

  it("shows no lines of a message that look like frames, nor a code or a class that is none", () => {
    const error = Object.assign(
      new Error(`first\n    at ${secret} (/tmp/a.ts:1:1)\n    at /x:1:1`),
      { code: secret },
    );
    Object.defineProperty(error, "constructor", { value: { name: secret } });
    expect(JSON.stringify(serializeError(error))).not.toContain(secret);
    // A message that was changed since the stack was taken.
    error.message = "another";
    error.stack = `Error: ${secret}\n    at ${secret}\n    at f (/a.ts:1:2)`;
    expect(serializeError(error).stack).toBe("    at f (/a.ts:1:2)");
    expect(serializeError(secret)).toEqual({ type: "string" });
  });

  it("lends its message to no line", () => {
    const { output, text, lines } = logged((log) => {
      log.error(new Error(secret));
      log.info({ err: new RangeError(secret) });
      log.warn({ err: new SyntaxError(secret) }, `it failed: ${secret}`);
      log.error({ err: new Error("x") }, "%s", secret);
    });
    expect(output).toBeDefined();
    expect(text).not.toContain(secret);
    expect(lines.map(({ msg }) => msg)).toEqual([
      "an error",
      "an error",
      "an error",
      "%s",
    ]);
    expect(lines[0]?.["node"]).toMatch(/-[0-9a-f]{6}$/);
  });

  function logged(use: (log: ReturnType<typeof createLog>) => void) {
    const taken = logLines();
    use(createLog({ level: "info" }, taken.output));
    return taken;
  }
});

describe("repetitions in the log", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("a kind is written at most once a second, with a count of those withheld", () => {
    const taken = logLines();
    const log = createLog({ level: "debug" }, taken.output);
    const failure = (code: string) => Object.assign(new Error(), { code });
    for (let i = 0; i < 1_000; i++) {
      log.error({ err: failure("ECONNRESET"), i }, "failed");
      log.error({ err: failure("57P01") }, "failed");
      log.warn("late");
      log.info("not a failure");
      vi.advanceTimersByTime(2);
    }
    vi.advanceTimersByTime(5_000);
    const of = (code: string) =>
      taken.lines.filter(
        ({ err }) => (err as { code?: string } | undefined)?.code === code,
      );
    for (const lines of [of("ECONNRESET"), of("57P01")]) {
      expect(lines.length).toBeLessThanOrEqual(4);
      const withheld = lines.map((line) => Number(line["withheld"] ?? 0));
      const told = withheld.reduce((sum, n) => sum + n, lines.length);
      expect(told).toBe(1_000);
    }
    expect(of("ECONNRESET").at(-1)).toMatchObject({ i: 999 });
    const saying = (text: string) =>
      taken.lines.filter(({ msg }) => msg === text).length;
    expect(saying("late")).toBeLessThanOrEqual(4);
    expect(saying("not a failure")).toBe(1_000);
    // A kind that was quiet is written at once.
    log.warn("late");
    expect(taken.lines.at(-1)).toMatchObject({ msg: "late" });
    expect(taken.lines.at(-1)).not.toHaveProperty("withheld");
    vi.advanceTimersByTime(5_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("what happens to a node", () => {
  const cleanups = cleanupsAfterEachTest();
  const create = `mutation ($id: ID!, $who: [ID!]!) {
    createConversation(input: { id: $id, participantIds: $who }) { conversation { id } }
  }`;
  const send = `mutation ($id: ID!, $clientId: String!, $body: String!) {
    sendMessage(input: { conversationId: $id, clientId: $clientId, body: $body }) { message { id } }
  }`;

  it("no failure puts a body, a token, a name, a user's id or a client's id into the log", async () => {
    const planted = (what: string) =>
      `planted-${what}-${randomUUID().slice(0, 8)}`;
    const [body, name, alice, bob, badText] = [
      ...["body", "name", "alice", "bob", "document"],
    ].map(planted) as [string, string, string, string, string];
    const clientIds: string[] = [];
    const taken = logLines();
    const log = createLog({ level: "debug" }, taken.output);
    const server = await startTestServer({}, { sweepMs: 300 }, log);
    cleanups.push(() => server.close());
    const admin = postgres(server.databaseUrl, {
      max: 1,
      onnotice: () => undefined,
    });
    cleanups.push(() => admin.end());
    const token = await server.token(alice, { name });
    const authorization = `Bearer ${token}`;
    const ask = async (query: string, variables: Record<string, unknown>) => {
      const answer = await server.post({ authorization }, { query, variables });
      return answer.errors?.[0]?.extensions?.code ?? "ok";
    };
    const say = async () => {
      const clientId = planted("client");
      clientIds.push(clientId);
      return ask(send, { id, clientId, body });
    };
    const id = randomUUID();
    expect(await ask(create, { id, who: [bob] })).toBe("ok");
    expect(await say()).toBe("ok");
    const socket = server.connect(alice, { name });
    const events = socket.subscribe(
      `subscription ($id: ID!) { messageAdded(conversationId: $id) { message { body } } }`,
      { id },
    );

    // A statement that fails, with values in every field of Postgres's error.
    await admin.unsafe(`
      create function refuse() returns trigger language plpgsql as $$
      begin
        raise exception 'refused %', new.body
          using errcode = 'XX000', detail = new.body, hint = new.client_id;
      end $$;
      create trigger refuse before insert on messages for each row execute function refuse()`);
    expect(await say()).toBe("INTERNAL_SERVER_ERROR");
    expect(
      (
        await socket.execute(send, {
          id,
          clientId: clientIds.at(-1),
          body,
        })
      ).errors?.[0]?.extensions?.code,
    ).toBe("INTERNAL_SERVER_ERROR");
    await admin.unsafe(`drop trigger refuse on messages`);
    // A unique key that is violated: Postgres says which values.
    await admin.unsafe(`create unique index planted on messages (body)`);
    expect(await say()).toBe("INTERNAL_SERVER_ERROR");
    await admin.unsafe(`drop index planted`);
    // A table that is gone, also for what runs in the background.
    await admin.unsafe(`alter table receipt_log rename to hidden_away`);
    await say();
    await vi.waitFor(
      () => expect(taken.text).toContain("background work failed"),
      { timeout: 20_000 },
    );
    await admin.unsafe(`alter table hidden_away rename to receipt_log`);

    // Connections that are ended under load.
    const outcomes = new Set<string>();
    let isOver = false;
    const writers = Array.from({ length: 6 }, async () => {
      while (!isOver) outcomes.add(await say());
    });
    await vi.waitFor(
      async () => {
        await admin`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`;
        expect(outcomes).toContain("UNAVAILABLE");
      },
      { timeout: 30_000, interval: 20 },
    );
    isOver = true;
    await Promise.all(writers);

    // Tokens and documents that are not right.
    const bad = [
      [{ authorization: `${authorization}x` }, { query: "{ me { id } }" }],
      [{ authorization: badText }, { query: "{ me { id } }" }],
      [{ authorization }, { query: `{ ${badText.replaceAll("-", "_")} }` }],
      [{ authorization }, { query: `{ me(id: "${badText}" }` }],
      [{ authorization }, { query: badText, variables: { badText } }],
      [{ authorization }, { nothing: badText }],
      [{ authorization }, [badText]],
    ] as const;
    for (const [headers, content] of bad)
      expect((await server.post(headers, content)).errors).toBeDefined();
    for (const [headers, content] of [
      [{ "content-type": "application/json" }, `{"query": ${badText}`],
      [{ "content-type": `text/${badText}` }, badText],
    ] as const)
      await fetch(server.url, {
        method: "POST",
        headers: { ...headers, authorization },
        body: content,
      });
    await fetch(`${server.url}/${badText}?token=${token}`);
    const refused = server.connect(alice);
    await expect(
      refused.execute(`{ ${badText.replaceAll("-", "_")} }`),
    ).rejects.toBeDefined();

    events.stop();
    await server.close();
    cleanups.splice(0, 1);
    const { text, lines } = taken;
    // What was meant to fail has failed, and is in the log.
    const errors = lines.map(({ err = null }) => JSON.stringify(err));
    for (const code of ["XX000", "23505", "42P01"])
      expect(errors.some((error) => error.includes(code))).toBe(true);
    expect(errors.some((error) => error.includes('"statement"'))).toBe(true);
    expect(lines.some(({ requestId }) => requestId !== undefined)).toBe(true);
    expect(lines.every(({ node }) => typeof node === "string")).toBe(true);
    expect(lines.some(({ conversationId }) => conversationId === id)).toBe(
      true,
    );
    for (const content of [
      ...[body, name, alice, bob, badText, badText.replaceAll("-", "_")],
      ...[token, token.split(".")[1], token.split(".")[2], "planted"],
      ...clientIds,
    ])
      expect(text).not.toContain(content);
  }, 120_000);
});
