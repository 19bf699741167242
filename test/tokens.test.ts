import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type JWK } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createAuthenticator } from "../src/auth/token.js";
import { readConfig } from "../src/config/config.js";
import { AppError } from "../src/foundation/errors.js";
import { createLog } from "../src/log/log.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { startTestServer, testSecret } from "./support/server.js";

// Tokens that are refused though their signature is right, and what is said of a refusal to whom.

const cleanups = cleanupsAfterEachTest();
const day = 86_400;
const now = () => Math.floor(Date.now() / 1_000);
const key = new TextEncoder().encode(testSecret);

const signed = (claims: Record<string, unknown>) =>
  new SignJWT({ sub: "alice", ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(key);

const bySecret = (options: { maxTokenAgeS?: number } = {}) =>
  createAuthenticator({
    keys: { kind: "secret", secret: testSecret },
    issuer: null,
    audience: null,
    ...options,
  });

const outcome = (
  authenticate: ReturnType<typeof createAuthenticator>,
  token: string,
) =>
  authenticate(`Bearer ${token}`).then(
    () => "let in",
    (error: unknown) =>
      error instanceof AppError ? error.code : String(error),
  );

describe("AUTH_MAX_TOKEN_AGE", () => {
  it.each([
    { what: "in the year 10^300", claims: { exp: 1e300 } },
    { what: "in a hundred years", claims: { exp: now() + 36_500 * day } },
    {
      what: "soon, which was made long ago",
      claims: { iat: now() - 60 * day, exp: now() + day },
    },
    {
      what: "in 60 days, which says that it will be made then",
      claims: { iat: now() + 59 * day, exp: now() + 60 * day },
    },
  ])("refuses a token that ends $what", async ({ claims }) => {
    expect(await outcome(bySecret(), await signed(claims))).toBe(
      "UNAUTHENTICATED",
    );
  });

  it("takes 30 days unless it is set, and then so long as it says", async () => {
    const month = await signed({ iat: now(), exp: now() + 30 * day });
    expect(await outcome(bySecret(), month)).toBe("let in");
    expect(await outcome(bySecret({ maxTokenAgeS: day }), month)).toBe(
      "UNAUTHENTICATED",
    );
    expect(
      await outcome(
        bySecret({ maxTokenAgeS: 365 * day }),
        await signed({ iat: now(), exp: now() + 365 * day }),
      ),
    ).toBe("let in");
    expect(readConfig({ AUTH_MAX_TOKEN_AGE: "12h" }).maxTokenAgeS).toBe(43_200);
  });
});

describe("a good token", () => {
  it("is verified once, and is good no longer than it says", async () => {
    const verify = vi.spyOn(crypto.subtle, "verify");
    vi.useFakeTimers({ toFake: ["Date"] });
    cleanups.push(async () => void vi.useRealTimers());
    cleanups.push(async () => verify.mockRestore());
    const authenticate = bySecret();
    const token = await signed({ exp: now() + 30 });
    for (let i = 0; i < 3; i++)
      expect(await outcome(authenticate, token)).toBe("let in");
    expect(verify).toHaveBeenCalledTimes(1);
    vi.setSystemTime(Date.now() + 31_000);
    expect(await outcome(authenticate, token)).toBe("UNAUTHENTICATED");
  });

  it("lets in no other that begins or ends like it", async () => {
    const authenticate = bySecret();
    const token = await signed({ exp: now() + 30 });
    expect(await outcome(authenticate, token)).toBe("let in");
    const [header = "", payload = "", signature = ""] = token.split(".");
    const other = signature.replace(/^./, (c) => (c === "A" ? "B" : "A"));
    expect(
      await outcome(authenticate, [header, payload, other].join(".")),
    ).toBe("UNAUTHENTICATED");
  });
});

describe("AUTH_AUDIENCE", () => {
  const production = {
    NODE_ENV: "production",
    AUTH_JWKS_URL: "https://issuer.example/keys",
  };

  it("is needed in production with a key set, unless it is said that any will do", () => {
    expect(() => readConfig(production)).toThrow(/AUTH_AUDIENCE is needed/);
    const audienceOf = (AUTH_AUDIENCE: string) =>
      readConfig({ ...production, AUTH_AUDIENCE }).audience;
    expect(audienceOf("acked.example")).toBe("acked.example");
    expect(audienceOf("any")).toBeNull();
  });

  it("need not be set with a secret, or outside production", () => {
    const { NODE_ENV, AUTH_JWKS_URL } = production;
    expect(readConfig({ AUTH_JWKS_URL }).audience).toBeNull();
    expect(
      readConfig({ NODE_ENV, AUTH_JWT_SECRET: testSecret }).audience,
    ).toBeNull();
  });
});

describe("scopes", () => {
  it.each([
    { claim: "scope, as words", claims: { scope: "a acked:service" } },
    { claim: "scope, as a list", claims: { scope: ["a", "acked:service"] } },
    { claim: "scp, as words", claims: { scp: "acked:service" } },
    { claim: "scp, as a list", claims: { scp: ["acked:service"] } },
  ])("may stand in $claim", async ({ claims }) => {
    const token = await signed({ exp: now() + 60, ...claims });
    const { viewer } = await bySecret()(`Bearer ${token}`);
    expect(viewer.isService).toBe(true);
  });

  it.each([
    { scp: ["acked:service2"] },
    { scp: ["acked:service acked:service"] },
    { scp: [["acked:service"]] },
    { scope: { "acked:service": true } },
    { scp: "acked", scope: ":service" },
  ])("are only the exact word: %j", async (claims) => {
    const token = await signed({ exp: now() + 60, ...claims });
    const { viewer } = await bySecret()(`Bearer ${token}`);
    expect(viewer.isService).toBe(false);
  });
});

describe("a key set", () => {
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const issuer = createServer((request, response) => answer(request, response));
  let good: JWK;
  let token: string;
  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair("RS256");
    good = { ...(await exportJWK(publicKey)), kid: "good", alg: "RS256" };
    token = await new SignJWT({ sub: "alice" })
      .setProtectedHeader({ alg: "RS256", kid: "good" })
      .setExpirationTime("1h")
      .sign(privateKey);
    await new Promise<void>((resolve) =>
      issuer.listen(0, "127.0.0.1", resolve),
    );
  });
  afterAll(() => new Promise((resolve) => issuer.close(resolve)));

  const authenticate = () => {
    const { port } = issuer.address() as AddressInfo;
    return createAuthenticator({
      keys: { kind: "jwks", url: new URL(`http://127.0.0.1:${port}/`) },
      issuer: null,
      audience: null,
    });
  };
  const keySet = (count: number) =>
    JSON.stringify({
      keys: [
        good,
        ...Array.from({ length: count - 1 }, (_, i) => ({
          ...good,
          kid: `other ${i}`,
        })),
      ],
    });

  it.each([
    { count: 100, expected: "let in" },
    { count: 101, expected: "UNAVAILABLE" },
  ])("of $count keys: $expected", async ({ count, expected }) => {
    answer = (_, response) => response.end(keySet(count));
    expect(await outcome(authenticate(), token)).toBe(expected);
  });

  it("that never ends is read no further than 512 KiB", async () => {
    let sent = 0;
    const ended = new Promise<void>((resolve) => {
      answer = (_, response) => {
        const chunk = Buffer.alloc(64 * 1_024, " ");
        const more = () => {
          if (response.destroyed) return;
          sent += chunk.length;
          if (response.write(chunk)) setImmediate(more);
          else response.once("drain", more);
        };
        response.once("close", resolve);
        more();
      };
    });
    expect(await outcome(authenticate(), token)).toBe("UNAVAILABLE");
    await ended;
    // What the kernel takes is beside what is read.
    expect(sent).toBeLessThan(32 * 1_024 * 1_024);
  });
});

describe("why a token is refused", () => {
  async function refusalIn(env: Record<string, string>) {
    const lines: string[] = [];
    const log = createLog(
      { level: "info" },
      { write: (line) => lines.push(line) },
    );
    const server = await startTestServer(
      { AUTH_AUDIENCE: "acked.example", ...env },
      {},
      log,
    );
    cleanups.push(() => server.close());
    const token = await server.token("alice", { audience: "other.example" });
    const { errors } = await server.post(
      { authorization: `Bearer ${token}` },
      { query: "{ viewer { id } }" },
    );
    return {
      message: errors?.[0]?.message,
      code: errors?.[0]?.extensions?.code,
      log: lines.filter((line) => line.includes("a token was refused")),
      token,
    };
  }
  const reason = "its claim `aud` is not the one that is expected";

  it("is told outside production", async () => {
    expect(await refusalIn({})).toMatchObject({
      code: "UNAUTHENTICATED",
      message: `The token is not valid here: ${reason}.`,
    });
  });

  it("is in the log alone in production, without the token", async () => {
    const { message, code, log, token } = await refusalIn({
      NODE_ENV: "production",
    });
    expect({ message, code }).toEqual({
      message: "The token is not valid here.",
      code: "UNAUTHENTICATED",
    });
    expect(log).toHaveLength(1);
    expect(JSON.parse(log[0] ?? "")).toMatchObject({ level: 40, reason });
    expect(log[0]).not.toContain(token.slice(-20));
    expect(log[0]).not.toContain("other.example");
  });
});
