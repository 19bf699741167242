import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { connectionLimits } from "../src/foundation/connection-limits.js";
import { cleanupsAfterEachTest, serverForFile } from "./support/for-file.js";
import { startTestServer, type TestServer } from "./support/server.js";

// Connections: how long they may take, how many there may be, and what is served whatever they offer.

const cleanups = cleanupsAfterEachTest();

/** A connection to a server, and everything that came back on it. */
class Wire {
  readonly socket: Socket;
  said = "";
  readonly closed: Promise<unknown>;

  constructor(url: string) {
    this.socket = connect(Number(new URL(url).port), "127.0.0.1");
    this.socket.on("error", () => undefined);
    this.socket.on("data", (data) => (this.said += data.toString()));
    this.closed = once(this.socket, "close");
    cleanups.push(() => Promise.resolve(this.socket.destroy()));
  }

  send(...parts: string[]): void {
    for (const part of parts) this.socket.write(part);
  }

  /** The status lines so far. */
  get statuses(): string[] {
    return [...this.said.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(
      ([, status = ""]) => status,
    );
  }
}

async function started(
  ...options: Parameters<typeof startTestServer>
): Promise<TestServer> {
  const server = await startTestServer(...options);
  cleanups.push(() => server.close());
  return server;
}

const server = serverForFile();

describe("a request that is sent slowly", () => {
  const limits = { headersMs: 300, requestMs: 600, checkMs: 100 };
  const hurried = serverForFile(
    {},
    { connections: { ...connectionLimits, ...limits } },
  );

  it.each([
    { what: "whose headers never end", text: "POST /graphql HTTP/1.1\r\nhost" },
    {
      what: "whose body never ends",
      text: "POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: Bearer TOKEN\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
    },
  ])("$what is answered 408 and ended", async ({ text }) => {
    const token = await hurried.token("slow");
    const wire = new Wire(hurried.url);
    wire.send(text.replace("TOKEN", token));
    await wire.closed;
    expect(wire.statuses).toEqual(["408"]);
  });

  it("a connection that says nothing is ended", async () => {
    await new Wire(hurried.url).closed;
  });

  it("one that drips is ended as well", async () => {
    const wire = new Wire(hurried.url);
    wire.send("GET /livez HTTP/1.1\r\n");
    const drip = setInterval(() => wire.send("a: b\r\n"), 50);
    await wire.closed;
    clearInterval(drip);
    expect(wire.statuses).toEqual(["408"]);
  });
});

it("connections past MAX_CONNECTIONS are ended, counted, and taken again when there is room", async () => {
  const few = await started({ MAX_CONNECTIONS: "3" });
  const held = [1, 2, 3].map(() => new Wire(few.url));
  await Promise.all(held.map(({ socket }) => once(socket, "connect")));
  const tooMany = new Wire(few.url);
  await tooMany.closed;
  expect(tooMany.said).toBe("");
  held[0]?.socket.destroy();
  const metrics = async () => {
    const wire = new Wire(few.url);
    wire.send("GET /metrics HTTP/1.0\r\n\r\n");
    await wire.closed;
    return wire.said;
  };
  await expect
    .poll(metrics)
    .toMatch(/acked_connections_turned_away_total\{reason="node_full"\} [1-9]/);
});

describe("sockets before connection_init, by address", () => {
  const behindProxy = serverForFile(
    { TRUST_PROXY: "loopback" },
    { connections: { ...connectionLimits, newcomersPerAddress: 3 } },
  );
  const direct = serverForFile(
    {},
    { connections: { ...connectionLimits, newcomersPerAddress: 3 } },
  );

  /** A socket of an address behind the proxy: opens, or is refused with a status. */
  async function open(url: string, address: string) {
    const socket = new WebSocket(
      url.replace("http", "ws"),
      "graphql-transport-ws",
      { headers: { "x-forwarded-for": address } },
    );
    socket.on("error", () => undefined);
    cleanups.push(() => {
      socket.terminate();
      return Promise.resolve();
    });
    const outcome = await Promise.race([
      once(socket, "open").then(() => "open"),
      once(socket, "unexpected-response").then(
        ([, response]) =>
          `refused ${String((response as { statusCode: number }).statusCode)}`,
      ),
    ]);
    return { socket, outcome };
  }

  async function outcomes(url: string, addresses: readonly string[]) {
    const all: string[] = [];
    for (const address of addresses)
      all.push((await open(url, address)).outcome);
    return all;
  }

  it("a fourth of one address is refused, and others are let in", async () => {
    const address = "203.0.113.7";
    expect(
      await outcomes(behindProxy.url, [
        ...[address, address, address, address],
        "203.0.113.8",
      ]),
    ).toEqual(["open", "open", "open", "refused 429", "open"]);
  });

  it("addresses of one IPv6 network of 64 bits are one address", async () => {
    expect(
      await outcomes(behindProxy.url, [
        "2001:db8:1:2::1",
        "2001:db8:1:2::2",
        "2001:db8:1:2:ffff::3",
        "2001:db8:1:2::4",
        "2001:db8:1:3::1",
      ]),
    ).toEqual(["open", "open", "open", "refused 429", "open"]);
  });

  it("a socket that has shown a good token makes room", async () => {
    const address = "203.0.113.9";
    const sockets = [];
    for (let i = 0; i < 3; i++)
      sockets.push((await open(behindProxy.url, address)).socket);
    expect((await open(behindProxy.url, address)).outcome).toBe("refused 429");
    const token = await behindProxy.token("alice");
    sockets[0]?.send(
      JSON.stringify({
        type: "connection_init",
        payload: { authorization: `Bearer ${token}` },
      }),
    );
    await once(sockets[0] as WebSocket, "message");
    expect((await open(behindProxy.url, address)).outcome).toBe("open");
  });

  it("only a trusted proxy's word is taken: elsewhere the header counts for nothing", async () => {
    expect(
      await outcomes(direct.url, Array<string>(5).fill("203.0.113.7")),
    ).toEqual(Array(5).fill("open"));
  });
});

describe("a request that offers another protocol is served as if it did not", () => {
  const offer =
    "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAAB\r\n";
  const body = JSON.stringify({ query: "{ __typename }" });
  const head = (more: string) =>
    `POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: Bearer TOKEN\r\ncontent-type: application/json\r\n${more}\r\n`;
  const whole = head(`${offer}content-length: ${body.length}\r\n`);

  it.each([
    { how: "at once", parts: [whole + body] },
    {
      how: "in pieces",
      parts: [
        whole.slice(0, 90),
        whole.slice(90),
        body.slice(0, 5),
        body.slice(5),
      ],
    },
    {
      how: "in chunks",
      parts: [
        head(`${offer}transfer-encoding: chunked\r\n`),
        `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      ],
    },
  ])("a POST with its body $how", async ({ parts }) => {
    const token = await server.token("java");
    const wire = new Wire(server.url);
    for (const part of parts) {
      wire.send(part.replace("TOKEN", token));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await expect.poll(() => wire.said).toContain("content-length");
    await expect.poll(() => wire.said).toContain("__typename");
    expect(wire.statuses).not.toContain("405");
    expect(wire.said).not.toContain("101 Switching");
  });

  it("a GET, and a hundred more on the same connection", async () => {
    const wire = new Wire(server.url);
    const get = `GET /livez HTTP/1.1\r\nhost: a\r\n${offer}\r\n`;
    for (let i = 1; i <= 101; i++) {
      wire.send(get);
      await expect.poll(() => wire.statuses, { interval: 1 }).toHaveLength(i);
    }
    expect(new Set(wire.statuses)).toEqual(new Set(["200"]));
    expect(wire.said).toContain('"alive"');
  });

  it("a POST, and a WebSocket after it on the same connection", async () => {
    const wire = new Wire(server.url);
    wire.send(whole + body);
    await expect.poll(() => wire.statuses).toHaveLength(1);
    wire.send(
      "GET /graphql HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: WebSocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n",
    );
    await expect.poll(() => wire.statuses.at(-1)).toBe("101");
  });

  it("a WebSocket elsewhere than at /graphql is 404", async () => {
    const wire = new Wire(server.url);
    wire.send(
      "GET /livez HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    );
    await wire.closed;
    expect(wire.statuses).toEqual(["404"]);
  });
});
