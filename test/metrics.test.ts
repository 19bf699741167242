import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { cleanupsAfterEachTest, serverForFile } from "./support/for-file.js";
import { scrape, sampleOf, work } from "./support/metrics.js";
import { startTestServer, testSecret } from "./support/server.js";

const server = serverForFile({ METRICS_PORT: "0" }, { sweepMs: 200 });

describe("the metrics of a node", () => {
  it("tell of operations over both transports, of marks, batches, events, sockets, statements and the pool", async () => {
    await work(server);
    const read = () => scrape(server.metricsUrl);
    const before = await read();
    const of = (
      samples: Awaited<ReturnType<typeof read>>,
      name: string,
      labels: Record<string, string> = {},
    ) => sampleOf(samples, name, labels);
    const operations = "acked_operation_duration_seconds_count";
    for (const [operation, transport, outcome] of [
      ["sendMessage", "http", "OK"],
      ["markRead", "http", "OK"],
      ["markRead", "http", "NOT_FOUND"],
      ["markRead", "socket", "OK"],
      ["markRead", "socket", "NOT_FOUND"],
      ["messageStatusChanged", "socket", "OK"],
      ["messageAdded", "socket", "NOT_FOUND"],
      ["other", "http", "BAD_USER_INPUT"],
      ["other", "socket", "BAD_USER_INPUT"],
      ["other", "http", "UNAUTHENTICATED"],
    ] as const)
      expect(
        of(before, operations, { operation, transport, outcome }),
        `${operation} ${transport} ${outcome}`,
      ).toBeGreaterThan(0);
    for (const [kind, outcome] of [
      ["READ", "changed"],
      ["READ", "unchanged"],
      ["READ", "not_found"],
      ["DELIVERED", "changed"],
    ] as const)
      expect(
        of(before, "acked_marks_total", { kind, outcome }),
        `${kind} ${outcome}`,
      ).toBeGreaterThan(0);
    for (const [name, labels] of [
      ["acked_mark_batch_size_count", {}],
      ["acked_stream_events_total", { kind: "status" }],
      ["acked_stream_executions_total", { kind: "status" }],
      ["acked_stream_rounds_total", {}],
      ["acked_event_delay_seconds_count", {}],
      ["acked_sweep_duration_seconds_count", { outcome: "ok" }],
      ["acked_sockets_opened_total", {}],
      ["acked_sockets_closed_total", { code: "4403" }],
      ["acked_sockets", {}],
      ["acked_subscriptions", {}],
      ["acked_stream_followers", { state: "live" }],
      ["acked_statement_duration_seconds_count", { outcome: "ok" }],
      ["acked_pool_wait_seconds_count", { access: "write" }],
      ["acked_pool_connections", { pool: "main", state: "idle" }],
      ["acked_pool_connections_max", { pool: "main" }],
      ["acked_http_request_duration_seconds_count", { route: "/graphql" }],
      ["acked_timeline", {}],
      ["acked_build_info", {}],
      ["nodejs_eventloop_lag_p99_seconds", {}],
    ] as const)
      expect(of(before, name, labels), name).toBeGreaterThan(0);
    // A histogram's buckets grow with their bounds, and the last of them has all.
    const buckets = before.filter(
      ({ name, labels }) =>
        name === "acked_operation_duration_seconds_bucket" &&
        labels["operation"] === "sendMessage",
    );
    const counts = buckets.map(({ value }) => value);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBe(
      of(before, operations, { operation: "sendMessage" }),
    );
    expect(buckets.at(-1)?.labels["le"]).toBe("+Inf");
  });

  it("count exactly what was sent", async () => {
    const read = async () => {
      const samples = await scrape(server.metricsUrl);
      return {
        viewer: sampleOf(samples, "acked_operation_duration_seconds_count", {
          operation: "viewer",
          transport: "http",
          outcome: "OK",
        }),
        buckets: sampleOf(samples, "acked_operation_duration_seconds_bucket", {
          operation: "viewer",
          transport: "http",
          outcome: "OK",
          le: "20",
        }),
      };
    };
    const before = await read();
    for (let i = 0; i < 7; i++)
      await server.execute("alice", "{ viewer { id } }");
    expect(await read()).toEqual({
      viewer: before.viewer + 7,
      buckets: before.buckets + 7,
    });
  });

  it("have labels from our own names alone, whatever clients send", async () => {
    const planted = `planted${randomUUID().replaceAll("-", "")}`;
    for (const [query, operationName] of [
      [`query ${planted} { viewer { id } }`, planted],
      [`{ ${planted}: viewer { id } }`, undefined],
      [`{ viewer { id } other: viewer { id } __typename }`, undefined],
      [`{ ${planted} }`, undefined],
      [`fragment ${planted} on Query { viewer { id } } { ...${planted} }`],
      [planted],
    ] as const)
      await server.post(
        { authorization: `Bearer ${await server.token("alice")}` },
        { query, ...(operationName && { operationName }) },
      );
    await fetch(new URL(`/${planted}?${planted}`, server.url));
    await fetch(server.url, { method: "DELETE" });
    const socket = server.connect("alice");
    await socket.execute(`query ${planted} { viewer { id } }`);
    socket.client.terminate();
    const response = await fetch(server.metricsUrl ?? "");
    const text = await response.text();
    expect(text).not.toContain(planted);
    expect(text).not.toContain("alice");
    expect(text).toContain('route="none"');
    expect(text).toContain('operation="other"');
  });

  it("count the clients' close codes without making a series of each", async () => {
    const { WebSocket } = await import("ws");
    for (const code of [3_111, 4_999]) {
      const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
      await new Promise((resolve) => socket.once("open", resolve));
      socket.close(code);
    }
    await vi.waitFor(async () => {
      const samples = await scrape(server.metricsUrl);
      expect(
        sampleOf(samples, "acked_sockets_closed_total", { code: "other" }),
      ).toBeGreaterThanOrEqual(2);
      const codes = samples.flatMap(({ labels }) => labels["code"] ?? []);
      expect(codes).not.toContain("3111");
      expect(codes).not.toContain("4999");
    });
  });
});

describe("where the metrics are served", () => {
  const cleanups = cleanupsAfterEachTest();
  const started = async (env: Record<string, string>) => {
    const node = await startTestServer(env);
    cleanups.push(() => node.close());
    return node;
  };
  const statusOf = async (url: string | URL) => (await fetch(url)).status;

  it("with METRICS_PORT there, and there alone", async () => {
    expect(await statusOf(server.metricsUrl ?? "")).toBe(200);
    expect(await statusOf(new URL("/metrics", server.url))).toBe(404);
    expect(await statusOf(new URL("/graphql", server.metricsUrl ?? ""))).toBe(
      404,
    );
  });

  it("without it on the same port, and in production nowhere", async () => {
    const [here, nowhere] = [
      await started({}),
      await started({
        NODE_ENV: "production",
        AUTH_JWT_SECRET: testSecret,
      }),
    ];
    expect(here.metricsUrl).toBeNull();
    expect(await statusOf(new URL("/metrics", here.url))).toBe(200);
    expect(await statusOf(new URL("/metrics", nowhere.url))).toBe(404);
  });

  it("a port that is in use ends the start, and is named", async () => {
    const { port } = new URL(server.metricsUrl ?? "");
    await expect(started({ METRICS_PORT: port })).rejects.toThrow(
      `METRICS_PORT ${port} can't be used: EADDRINUSE`,
    );
  });
});
