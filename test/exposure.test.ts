import { request } from "node:http";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { readConfig, ConfigError } from "../src/config/config.js";
import { serverForFile } from "./support/for-file.js";
import { testSecret } from "./support/server.js";

// What a node shows to whom: headers, origins, and the demo's tokens.

const server = serverForFile();
const inProduction = serverForFile({
  NODE_ENV: "production",
  PUBLIC_URL: "https://acked.example",
  CORS_ORIGINS: "https://app.example, capacitor://localhost",
});
const withDemo = serverForFile({}, { demo: true });

const operation = JSON.stringify({ query: "{ __typename }" });

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A request with any headers, Host too, which `fetch` does not let a caller choose. */
async function ask(
  url: string,
  path: string,
  {
    method = "GET",
    headers = {},
    body,
  }: {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
  } = {},
): Promise<Answer> {
  const asking = request(new URL(path, url), { method, headers, agent: false });
  asking.end(body);
  const [response] = (await once(asking, "response")) as [
    import("node:http").IncomingMessage,
  ];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

const post = (url: string, headers: Record<string, string> = {}) =>
  ask(url, "/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: operation,
  });

describe("headers", () => {
  it("answers may not be kept, guessed at or shown in frames", async () => {
    for (const { headers } of [
      await post(server.url),
      await ask(server.url, "/livez"),
      await ask(server.url, "/no/such/path"),
    ]) {
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["cache-control"]).toBe("no-store");
      expect(headers["content-security-policy"]).toBe(
        "default-src 'none';frame-ancestors 'none'",
      );
      expect(headers["strict-transport-security"]).toBeUndefined();
    }
  });

  it("browsers are told to come by TLS alone where the public address does", async () => {
    const { headers } = await post(inProduction.url);
    expect(headers["strict-transport-security"]).toBe("max-age=31536000");
  });

  it("an answer has an id: the request's own where it is well-formed", async () => {
    const idFor = async (given?: string) =>
      (
        await post(
          server.url,
          given === undefined ? {} : { "x-request-id": given },
        )
      ).headers["x-request-id"];
    expect(await idFor("build-7:request.12")).toBe("build-7:request.12");
    for (const given of [undefined, "short", "x".repeat(65), "a b c d e f g"])
      expect(await idFor(given)).toMatch(
        /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
      );
  });

  it("a page's policy has nothing of the Host header in it", async () => {
    for (const path of ["/graphql", "/demo/"]) {
      const { headers, text } = await ask(withDemo.url, path, {
        headers: { accept: "text/html", host: "x; script-src *" },
      });
      expect(JSON.stringify(headers)).not.toContain("script-src *");
      expect(text).not.toContain("script-src *");
      expect(headers["x-content-type-options"]).toBe("nosniff");
    }
  });
});

describe("origins", () => {
  const allowed = (answer: Answer) =>
    answer.headers["access-control-allow-origin"];
  const preflight = (url: string, path: string, origin: string) =>
    ask(url, path, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });

  it("those of CORS_ORIGINS may ask, and no others", async () => {
    for (const origin of ["https://app.example", "capacitor://localhost"]) {
      expect(allowed(await post(inProduction.url, { origin }))).toBe(origin);
      expect(
        allowed(await preflight(inProduction.url, "/graphql", origin)),
      ).toBe(origin);
    }
    for (const origin of [
      "https://app.example:8443",
      "http://app.example",
      "https://app.example.evil.example",
      "null",
    ]) {
      expect(allowed(await post(inProduction.url, { origin }))).toBeUndefined();
      expect(
        allowed(await preflight(inProduction.url, "/graphql", origin)),
      ).toBeUndefined();
    }
  });

  it("any may while a node listens on loopback outside production", async () => {
    const origin = "http://localhost:5173";
    expect(allowed(await post(server.url, { origin }))).toBe("*");
    expect(allowed(await preflight(server.url, "/graphql", origin))).toBe("*");
  });

  it("pages, metrics and paths for orchestrators are for no other site", async () => {
    const headers = { origin: "https://evil.example", accept: "text/html" };
    for (const path of [
      ...["/graphql", "/demo/", "/demo/session.json", "/metrics", "/livez"],
      "/explorer/session.json",
    ])
      for (const method of ["GET", "OPTIONS"]) {
        const answer = await ask(withDemo.url, path, { method, headers });
        if (method === "GET" || path !== "/graphql")
          expect([path, allowed(answer)]).toEqual([path, undefined]);
      }
  });

  async function socketFrom(url: string, origin?: string, host?: string) {
    const socket = new WebSocket(
      url.replace("http", "ws"),
      "graphql-transport-ws",
      {
        ...(origin !== undefined && { origin }),
        ...(host !== undefined && { headers: { host } }),
      },
    );
    socket.on("error", () => undefined);
    const outcome = await Promise.race([
      once(socket, "open").then(() => "open"),
      once(socket, "unexpected-response").then(
        ([, response]) => (response as { statusCode: number }).statusCode,
      ),
    ]);
    socket.terminate();
    return outcome;
  }

  it("sockets are for pages of those origins, for the node's own pages, and for programs", async () => {
    const from = (origin?: string, host?: string) =>
      socketFrom(inProduction.url, origin, host);
    expect(await from("https://app.example")).toBe("open");
    expect(await from("https://acked.example")).toBe("open");
    expect(await from("https://node.internal", "node.internal")).toBe("open");
    expect(await from()).toBe("open");
    expect(await from("https://evil.example")).toBe(403);
    expect(await from("null")).toBe(403);
    expect(await socketFrom(server.url, "http://localhost:5173")).toBe("open");
  });
});

describe("the tokens of the demo", () => {
  const paths = ["/demo/session.json", "/explorer/session.json"];
  const ours = { "x-acked-demo": "1" };

  it.each(paths)("%s has them for a page of this machine", async (path) => {
    const { status, text, headers } = await ask(withDemo.url, path, {
      headers: { ...ours, "sec-fetch-site": "same-origin" },
    });
    expect(status).toBe(200);
    expect(text).toMatch(/"token":"eyJ/);
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
  });

  it.each([
    { what: "without the header", headers: {} },
    { what: "under another name", headers: { ...ours, host: "evil.example" } },
    {
      what: "under a name that begins alike",
      headers: { ...ours, host: "127.0.0.1.evil.example" },
    },
    {
      what: "for another site's page",
      headers: { ...ours, "sec-fetch-site": "cross-site" },
    },
    {
      what: "for another port's page",
      headers: { ...ours, origin: "http://127.0.0.1:1" },
    },
    {
      what: "through a proxy",
      headers: { ...ours, "x-forwarded-for": "203.0.113.7" },
    },
  ])("are refused $what", async ({ headers }) => {
    for (const path of paths) {
      const { status, text } = await ask(withDemo.url, path, { headers });
      expect([path, status]).toEqual([path, 403]);
      expect(text).not.toContain("eyJ");
    }
  });

  it("stand in no page", async () => {
    for (const path of ["/graphql", "/demo/"]) {
      const { text } = await ask(withDemo.url, path, {
        headers: { accept: "text/html", ...ours },
      });
      expect(text).not.toMatch(/eyJ[\w-]+\./);
    }
  });
});

describe("DEMO", () => {
  const problems = (env: Record<string, string>) => {
    try {
      readConfig(env);
      return "";
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.join("\n");
      throw error;
    }
  };
  const production = { NODE_ENV: "production", AUTH_JWT_SECRET: testSecret };
  const cases = [
    { setting: { HOST: "0.0.0.0" }, named: "HOST 0.0.0.0 is not loopback" },
    { setting: { HOST: "::" }, named: "HOST :: is not loopback" },
    { setting: production, named: "NODE_ENV is production" },
    {
      setting: { DATABASE_URL: "postgres://localhost/a" },
      named: "DATABASE_URL is set",
    },
    {
      setting: { AUTH_JWT_SECRET: testSecret },
      named: "AUTH_JWT_SECRET is set",
    },
    { setting: { AUTH_ISSUER: "https://i" }, named: "AUTH_ISSUER is set" },
  ];

  it.each(cases)("is off with $setting", ({ setting }) => {
    expect(readConfig(setting).demo).toBe(false);
  });

  it.each(cases)("asked for with $setting refuses the start", (one) => {
    const said = problems({ ...one.setting, DEMO: "true" });
    expect(said).toMatch(/^DEMO gives tokens away/);
    expect(said).toContain(one.named);
    expect(problems({ ...one.setting, DEMO: "false" })).toBe("");
  });

  it.each(["127.0.0.1", "127.1.2.3", "localhost", "::1"])(
    "is on where HOST is %s and nothing else is said",
    (HOST) => {
      expect(readConfig({ HOST }).demo).toBe(true);
      expect(readConfig({ HOST, DEMO: "true" }).demo).toBe(true);
    },
  );
});

describe("CORS_ORIGINS and TRUST_PROXY", () => {
  it("are lists, which have to be right", () => {
    const { corsOrigins, trustProxy } = readConfig({
      CORS_ORIGINS: "https://a.example,http://localhost:5173",
      TRUST_PROXY: "10.0.0.0/8, loopback",
    });
    expect(corsOrigins).toEqual(["https://a.example", "http://localhost:5173"]);
    expect(trustProxy).toEqual(["10.0.0.0/8", "loopback"]);
    for (const CORS_ORIGINS of [
      "*",
      "a.example",
      "https://a.example/x",
      "https://A.example",
    ])
      expect(() => readConfig({ CORS_ORIGINS })).toThrow(/CORS_ORIGINS must/);
    for (const TRUST_PROXY of ["true", "10.0.0.0/99", "a.example", ","])
      expect(() => readConfig({ TRUST_PROXY })).toThrow(/TRUST_PROXY must/);
  });

  it("without CORS_ORIGINS, other sites may ask on loopback outside production alone", () => {
    const secret = { AUTH_JWT_SECRET: testSecret };
    expect(readConfig({}).corsOrigins).toBe("any");
    expect(readConfig({ HOST: "0.0.0.0" }).corsOrigins).toEqual([]);
    expect(
      readConfig({ ...secret, NODE_ENV: "production" }).corsOrigins,
    ).toEqual([]);
  });
});
