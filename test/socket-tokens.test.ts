import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { serverForFile } from "./support/for-file.js";

// Where a socket may bring its token, and what it is told where it brings none that is good.

const server = serverForFile();

/** How the server takes a `connection_init`: let in as a user, or closed with a code and a reason. */
async function initWith(
  payload: unknown,
  headers: Record<string, string> = {},
): Promise<string> {
  const socket = new WebSocket(server.wsUrl, "graphql-transport-ws", {
    headers,
  });
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  const closed = once(socket, "close").then(
    ([code, reason]) => `${String(code)} ${String(reason)}`,
  );
  const next = async () => {
    const [data] = (await once(socket, "message")) as [Buffer];
    return JSON.parse(data.toString()) as {
      type: string;
      payload?: { data?: { viewer: { id: string } } };
    };
  };
  const admitted = async () => {
    await next();
    socket.send(
      JSON.stringify({
        ...{ id: "1", type: "subscribe" },
        payload: { query: "{ viewer { id } }" },
      }),
    );
    return (await next()).payload?.data?.viewer.id ?? "nobody";
  };
  socket.send(JSON.stringify({ type: "connection_init", payload }));
  return Promise.race([closed, admitted()]);
}

describe("a socket is let in by a token", () => {
  it.each<[string, (bearer: string, token: string) => unknown]>([
    ["in authorization", (authorization) => ({ authorization })],
    ["in Authorization", (bearer) => ({ Authorization: bearer })],
    [
      "in headers.authorization",
      (authorization) => ({ headers: { authorization } }),
    ],
    [
      "in headers.Authorization",
      (bearer) => ({ headers: { Authorization: bearer } }),
    ],
    ["alone in authToken", (_, authToken) => ({ authToken })],
    ["alone in token", (_, token) => ({ token })],
    ["with Bearer in token", (bearer) => ({ token: bearer })],
  ])("%s of the connectionParams", async (_, payload) => {
    const token = await server.token("ann");
    expect(await initWith(payload(`Bearer ${token}`, token))).toBe("ann");
  });

  it("in the header of the upgrade", async () => {
    const authorization = `Bearer ${await server.token("ann")}`;
    for (const payload of [undefined, {}, { other: 1 }])
      expect(await initWith(payload, { authorization })).toBe("ann");
  });

  it("in the connectionParams before one in the header, whichever of them is good", async () => {
    const authorization = `Bearer ${await server.token("ann")}`;
    const header = { authorization: `Bearer ${await server.token("bob")}` };
    expect(await initWith({ authorization }, header)).toBe("ann");
    expect(await initWith({ authorization: "Bearer no" }, header)).toMatch(
      /^4403 /,
    );
  });
});

describe("a socket is closed with 4403, and told why", () => {
  it.each<[string, unknown]>([
    ["no payload", undefined],
    ["no token", {}],
    ["a token that is no text", { authorization: 7 }],
    ["no Bearer", { authorization: "abc" }],
    ["headers that are no object", { headers: "authorization" }],
  ])("%s", async (_, payload) => {
    expect(await initWith(payload)).toBe(
      "4403 A token is needed: authorization: Bearer <token>.",
    );
  });

  it("a token that has expired", async () => {
    const token = await server.token("ann", { ttlSeconds: -1 });
    expect(await initWith({ token })).toBe("4403 The token has expired.");
  });

  it("a token that nobody signed", async () => {
    expect(await initWith({ token: "a.b.c" })).toMatch(
      /^4403 The token is not valid here: .{10,}/,
    );
  });
});
