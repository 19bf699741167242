import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { parse, parseAllDocuments } from "yaml";
import { readConfig } from "../src/config/config.js";
import { environment } from "../src/config/environment.js";
import { freePort } from "../src/embedded-postgres/free-port.js";
import { stopBudget } from "../src/stop-budget.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import {
  fromSources,
  post,
  startServerProcess,
  type ServerProcess,
} from "./support/server-process.js";
import {
  createTestDatabase,
  startTestServer,
  testSecret,
} from "./support/server.js";
import { signToken } from "../src/auth/token.js";

// The files of docs/deploy: what they name exists, what they count adds up, and haproxy does as they say.

const cleanups = cleanupsAfterEachTest();
const run = promisify(execFile);
const folder = "docs/deploy";
const read = (name: string) => readFile(join(folder, name), "utf8");

type Node = Record<string, unknown>;
const variables = Object.keys(environment.shape);
const otlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

/** Variables of Acked that a text names: the keys of a file of the environment, of YAML, or of a Dockerfile. */
function unknownVariables(names: readonly string[]): readonly string[] {
  return names.filter((name) => !variables.includes(name));
}

interface Compose {
  services: Record<
    string,
    {
      environment?: Record<string, string>;
      stop_grace_period?: string;
      read_only?: boolean;
      healthcheck?: { test?: string[] };
      volumes?: string[];
      build?: { context: string; dockerfile: string };
      depends_on?: Record<string, unknown>;
    }
  >;
}
const compose = async () =>
  parse(await read("compose.yaml"), { merge: true }) as Compose;

interface Probe {
  httpGet: { path: string; port: string };
}
interface PodSpec {
  terminationGracePeriodSeconds: number;
  securityContext: Node;
  containers: {
    ports?: { name: string; containerPort: number }[];
    startupProbe?: Probe;
    livenessProbe?: Probe;
    readinessProbe?: Probe;
    securityContext: Node;
    args?: string[];
  }[];
}
interface Manifest {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec: {
    template: { metadata: { labels: Node }; spec: PodSpec };
    selector: Node & { matchLabels?: Node };
    ports: { targetPort: string }[];
  };
}
async function manifests(): Promise<Map<string, Manifest>> {
  const documents = parseAllDocuments(await read("kubernetes.yaml"));
  return new Map(
    documents.map((document) => {
      expect(document.errors).toEqual([]);
      const manifest = document.toJS() as Manifest;
      return [manifest.kind, manifest];
    }),
  );
}

/** The variables of the image, `ENV` of its last stage. */
async function imageEnvironment(): Promise<Record<string, string>> {
  const stage = (await read("Dockerfile")).split(/^FROM /m).at(-1) ?? "";
  const [, text = ""] = /^ENV ((?:.*\\\n)*.*)$/m.exec(stage) ?? [];
  return Object.fromEntries(
    text
      .split(/\s*\\\n\s*/)
      .map((pair) => pair.split("=", 2) as [string, string]),
  );
}

async function unitLines(): Promise<readonly (readonly [string, string])[]> {
  return [...(await read("acked.service")).matchAll(/^(\w+)=(.*)$/gm)].map(
    ([, name = "", value = ""]) => [name, value] as const,
  );
}

/** How long a node with these variables takes to stop, at the longest, in seconds. */
function stopSeconds(env: Record<string, string>): number {
  const { drainDelayMs, drainMs } = readConfig({
    DRAIN_DELAY_MS: env["DRAIN_DELAY_MS"],
    DRAIN_MS: env["DRAIN_MS"],
  });
  expect(drainDelayMs).toBeGreaterThanOrEqual(5_000);
  return stopBudget({ drainDelayMs, drainMs }).total / 1_000;
}

it("every YAML file is YAML", async () => {
  const files = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name));
  expect(files).toEqual(["alerts.yaml", "compose.yaml", "kubernetes.yaml"]);
  for (const name of files)
    for (const document of parseAllDocuments(await read(name), { merge: true }))
      expect([name, document.errors, document.warnings]).toEqual([
        name,
        [],
        [],
      ]);
});

describe("every variable of the environment that is named exists:", () => {
  it("a made-up one is found", () => {
    expect(unknownVariables(["PORT", "DRAIN_MS", "DRAIN_SECONDS"])).toEqual([
      "DRAIN_SECONDS",
    ]);
  });

  it("in the compose file", async () => {
    const { services } = await compose();
    const node = services["acked-1"]?.environment ?? {};
    expect(Object.keys(node)).toContain("DATABASE_URL");
    expect(unknownVariables(Object.keys(node))).toEqual([]);
    expect(services["acked-2"]?.environment).toEqual(node);
    expect(services["migrate"]?.environment).toEqual(node);
  });

  it("in the Kubernetes manifests", async () => {
    const { data } = (await manifests()).get("ConfigMap") ?? {};
    expect(Object.keys(data ?? {})).toContain("DRAIN_DELAY_MS");
    expect(unknownVariables(Object.keys(data ?? {}))).toEqual([]);
  });

  it("in the image, and in the systemd unit", async () => {
    const ofNode = (name: string) => name !== "NODE_OPTIONS";
    const image = Object.keys(await imageEnvironment());
    expect(image).toContain("DRAIN_MS");
    expect(unknownVariables(image.filter(ofNode))).toEqual([]);
    const unit = (await unitLines())
      .filter(([name]) => name === "Environment")
      .map(([, value]) => value.split("=")[0] ?? "");
    expect(unit).toContain("DRAIN_MS");
    expect(unknownVariables(unit.filter(ofNode))).toEqual([]);
  });

  it("in the pages", async () => {
    const pages = (await readdir(folder)).filter((name) =>
      name.endsWith(".md"),
    );
    expect(pages.length).toBeGreaterThan(4);
    for (const page of pages) {
      const named = [
        ...(await read(page)).matchAll(/`([A-Z]+_[A-Z_]+)(=[^`]*)?`/g),
      ]
        .map(([, name = ""]) => name)
        .filter((name) => !/^(POSTGRES_PASSWORD|NODE_OPTIONS)$/.test(name))
        // OpenTelemetry's SDK reads these itself.
        .filter((name) => name === otlpEndpoint || !name.startsWith("OTEL_"));
      expect([page, unknownVariables(named)]).toEqual([page, []]);
    }
  });
});

describe("a node starts with what the files set:", () => {
  const secrets = [
    { AUTH_JWT_SECRET: testSecret },
    { AUTH_JWKS_URL: "https://issuer.example/keys", AUTH_AUDIENCE: "acked" },
  ];

  it.each(secrets)("with %o", async (secret) => {
    const image = await imageEnvironment();
    const { services } = await compose();
    const { data } = (await manifests()).get("ConfigMap") ?? {};
    const unit = (await unitLines())
      .filter(([name]) => name === "Environment")
      .map(([, value]) => value.split("=") as [string, string]);
    for (const set of [
      { ...image, ...services["acked-1"]?.environment },
      { ...image, ...data },
      Object.fromEntries(unit),
    ]) {
      const given = Object.entries(set).filter(
        ([, value]) => !value.includes("${"),
      );
      const config = readConfig({
        ...Object.fromEntries(given),
        DATABASE_URL: "postgres://postgres/acked",
        ...secret,
      });
      expect(config).toMatchObject({ isProduction: true, demo: false });
      expect(config.metricsPort).not.toBe("same");
    }
  });

  it("and not with a key set alone: its issuer makes tokens for others too", () => {
    expect(() =>
      readConfig({
        NODE_ENV: "production",
        AUTH_JWKS_URL: "https://issuer.example/keys",
      }),
    ).toThrow(/AUTH_AUDIENCE/);
  });
});

describe("what is counted adds up:", () => {
  it("a stop of the compose file's nodes ends before they are killed", async () => {
    const { services } = await compose();
    for (const name of ["acked-1", "acked-2"]) {
      const node = services[name];
      const grace = Number.parseInt(node?.stop_grace_period ?? "", 10);
      expect(grace).toBeGreaterThan(stopSeconds(node?.environment ?? {}));
    }
  });

  it("so it does on Kubernetes and under systemd", async () => {
    const all = await manifests();
    const pod = all.get("Deployment")?.spec.template.spec;
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(
      stopSeconds(all.get("ConfigMap")?.data ?? {}),
    );
    const unit = await unitLines();
    const set = Object.fromEntries(
      unit
        .filter(([name]) => name === "Environment")
        .map(([, value]) => value.split("=") as [string, string]),
    );
    const { TimeoutStopSec, KillSignal, LimitNOFILE, DynamicUser } =
      Object.fromEntries(unit);
    expect(Number(TimeoutStopSec)).toBeGreaterThan(stopSeconds(set));
    expect({ KillSignal, DynamicUser }).toEqual({
      KillSignal: "SIGTERM",
      DynamicUser: "yes",
    });
    expect(Number(LimitNOFILE)).toBeGreaterThan(10_000);
    stopSeconds(await imageEnvironment());
  });
});

describe("the Kubernetes manifests", () => {
  it("ask paths and ports that are served, and select the pods that they make", async () => {
    const all = await manifests();
    const deployment = all.get("Deployment")?.spec;
    const [container] = deployment?.template.spec.containers ?? [];
    const server = await startTestServer();
    cleanups.push(() => server.close());
    const probes = {
      startup: container?.startupProbe?.httpGet,
      liveness: container?.livenessProbe?.httpGet,
      readiness: container?.readinessProbe?.httpGet,
    };
    expect(probes.readiness?.path).toBe("/readyz");
    expect(probes.liveness?.path).toBe("/livez");
    const ports = new Map(
      container?.ports?.map(({ name, containerPort }) => [name, containerPort]),
    );
    for (const probe of Object.values(probes)) {
      const { status } = await fetch(new URL(probe?.path ?? "", server.url));
      expect([probe, status]).toEqual([probe, 200]);
      expect(String(ports.get(probe?.port ?? ""))).toBe(
        (await imageEnvironment())["PORT"],
      );
    }
    const labels = deployment?.template.metadata.labels;
    expect(deployment?.selector.matchLabels).toEqual(labels);
    expect(all.get("Service")?.spec.selector).toEqual(labels);
    expect(all.get("Service")?.spec.ports[0]?.targetPort).toBe("http");
    expect(all.get("PodDisruptionBudget")?.spec.selector.matchLabels).toEqual(
      labels,
    );
  });

  it("run nothing as root, and write nowhere", async () => {
    const all = await manifests();
    for (const kind of ["Deployment", "Job"]) {
      const pod = all.get(kind)?.spec.template.spec;
      expect(pod?.securityContext["runAsNonRoot"]).toBe(true);
      for (const { securityContext } of pod?.containers ?? [])
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
    }
    expect(all.get("Job")?.spec.template.spec.containers[0]?.args).toEqual([
      "migrate",
    ]);
  });
});

it("the image is not root's, stops by SIGTERM, and copies only what is there", async () => {
  const text = await read("Dockerfile");
  const last = text.split(/^FROM /m).at(-1) ?? "";
  const [, user = ""] = /^USER (\S+)$/m.exec(last) ?? [];
  expect(Number.parseInt(user, 10)).toBeGreaterThan(0);
  expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
  const ignored = await read("Dockerfile.dockerignore");
  const sources = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
    ([, names = ""]) => names.split(" "),
  );
  expect(sources).toContain("drizzle");
  for (const source of sources) {
    expect([source, existsSync(source)]).toEqual([source, true]);
    expect(ignored.split("\n")).toContain(`!${source}`);
  }
  const { services } = await compose();
  const { build, read_only } = services["acked-1"] ?? {};
  expect(
    existsSync(join(folder, build?.context ?? "", build?.dockerfile ?? "")),
  ).toBe(true);
  expect(read_only).toBe(true);
  for (const { depends_on = {} } of Object.values(services))
    for (const name of Object.keys(depends_on))
      expect(Object.keys(services)).toContain(name);
});

describe("haproxy.cfg", () => {
  /** The configuration with the addresses of this test. */
  async function withAddresses(
    port: number,
    nodes: readonly string[],
  ): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), "acked-haproxy-"));
    cleanups.push(() => rm(directory, { recursive: true }));
    let text = await read("haproxy.cfg");
    for (const [from, to] of [
      // A test may open fewer files than a balancer.
      ["maxconn 50000", "maxconn 500"],
      ["bind :8080", `bind 127.0.0.1:${String(port)}`],
      ["acked-1:4000", nodes[0]],
      ["acked-2:4000", nodes[1]],
    ] as const) {
      expect(text).toContain(from);
      text = text.replace(from, to ?? "");
    }
    const file = join(directory, "haproxy.cfg");
    await writeFile(file, text);
    return file;
  }

  async function node(database: string): Promise<ServerProcess> {
    const server = await startServerProcess(fromSources, {
      env: {
        PORT: "0",
        AUTH_JWT_SECRET: testSecret,
        DATABASE_URL: database,
        DRAIN_DELAY_MS: "15000",
        DRAIN_MS: "1000",
      },
    });
    cleanups.push(() => server.kill());
    return server;
  }

  /** A socket that has been let in. */
  async function socketAt(url: string, token: string): Promise<WebSocket> {
    const socket = new WebSocket(
      url.replace("http", "ws"),
      "graphql-transport-ws",
    );
    cleanups.push(() => {
      socket.terminate();
      return Promise.resolve();
    });
    await once(socket, "open");
    socket.send(
      JSON.stringify({
        type: "connection_init",
        payload: { authorization: `Bearer ${token}` },
      }),
    );
    await once(socket, "message");
    return socket;
  }

  /** The number of sockets that each node says that it has. */
  async function socketsOf(nodes: readonly ServerProcess[]): Promise<number[]> {
    return Promise.all(
      nodes.map(async ({ url }) => {
        const text = await (await fetch(new URL("/metrics", url))).text();
        return Number(/^acked_sockets (\d+)$/m.exec(text)?.[1]);
      }),
    );
  }

  it("is right as it stands", async () => {
    await run("haproxy", ["-c", "-f", join(folder, "haproxy.cfg")]);
  });

  it("balances HTTP and sockets, sends a draining node nobody, and a killed node's clients to the other", async () => {
    const { url: database, drop } = await createTestDatabase();
    cleanups.push(drop);
    const nodes = [await node(database), await node(database)];
    const [first, second] = nodes as [ServerProcess, ServerProcess];
    const port = await freePort();
    const file = await withAddresses(
      port,
      nodes.map(({ url }) => new URL(url).host),
    );
    const haproxy = spawn("haproxy", ["-db", "-f", file], { stdio: "ignore" });
    const ended = once(haproxy, "exit");
    cleanups.push(() => {
      haproxy.kill("SIGKILL");
      return ended;
    });
    const url = `http://127.0.0.1:${String(port)}/graphql`;
    const token = await signToken(testSecret, {
      userId: "ann",
      ttlSeconds: 600,
    });
    const ask = async () =>
      (await post({ url }, token, "{ viewer { id } }")).text();
    await expect
      .poll(() => ask().catch(String), { timeout: 20_000 })
      .toContain('"ann"');
    expect((await fetch(new URL("/metrics", url))).status).toBe(403);

    const sockets: WebSocket[] = [];
    for (let i = 0; i < 8; i++) sockets.push(await socketAt(url, token));
    // Both nodes have some: the one with fewer gets the next.
    const [one = 0, other = 0] = await socketsOf(nodes);
    expect(one + other).toBe(8);
    expect(Math.min(one, other)).toBeGreaterThan(0);

    const lost = new Promise((resolve) => {
      for (const socket of sockets) socket.once("close", resolve);
    });
    first.process.kill("SIGTERM");
    const asked = new URL("/readyz", first.url);
    await vi.waitUntil(async () => (await fetch(asked)).status === 503);
    // haproxy asks every second; the node serves on for longer. Until haproxy knows, both get some of these.
    await vi.waitUntil(
      async () => {
        const before = await socketsOf([first]);
        for (let i = 0; i < 3; i++) await socketAt(url, token);
        return String(await socketsOf([first])) === String(before);
      },
      { timeout: 10_000 },
    );
    const [draining = 0] = await socketsOf([first]);
    for (let i = 0; i < 4; i++) await socketAt(url, token);
    expect(await socketsOf([first])).toEqual([draining]);
    // A node that drains keeps its sockets until it closes them itself.
    expect(await lost).toBe(1_001);
    expect(await first.ended).toEqual([0, null]);
    expect(await ask()).toContain('"ann"');

    // The other one is killed, and a new one has taken the place of the first.
    const survivor = await socketAt(url, token);
    const third = await startServerProcess(fromSources, {
      env: {
        PORT: new URL(first.url).port,
        AUTH_JWT_SECRET: testSecret,
        DATABASE_URL: database,
      },
    });
    cleanups.push(() => third.kill());
    const cut = once(survivor, "close");
    await second.kill();
    expect((await cut)[0]).toBe(1_006);
    await vi.waitFor(() => socketAt(url, token), { timeout: 20_000 });
    expect((await socketsOf([third]))[0]).toBeGreaterThan(0);
    expect(await ask()).toContain('"ann"');
  }, 120_000);
});
