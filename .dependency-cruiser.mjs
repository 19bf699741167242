/**
 * The one list of what may import what, type imports included. A room is a folder of `src`, or a
 * file directly in it. `npm run lint` holds the list, and finds every circle.
 *
 * Each room may import itself and the rooms named beside it; a name with a dot is one file.
 */
const domainNeeds = [
  "foundation",
  "bus",
  "auth",
  "db/connect.ts",
  "db/failure.ts",
  "db/lock-queue.ts",
];
const domain = [
  "domain/users",
  "domain/messages",
  "domain/conversations",
  "domain/receipts",
];

const rooms = {
  foundation: [],
  db: ["foundation"],
  bus: ["foundation", "db/notifications.ts", "db/database-url.ts"],
  auth: ["foundation"],
  fair: ["foundation", "auth"],
  config: [
    ...["foundation", "auth", "fair/limits.ts"],
    ...["bus/bus-url.ts", "db/database-url.ts"],
  ],
  "embedded-postgres.ts": ["config"],
  log: ["db/failure.ts"],
  tracing: ["foundation", "db/failure.ts"],
  "domain/users": domainNeeds,
  "domain/messages": domainNeeds,
  "domain/conversations": [...domainNeeds, "domain/users", "domain/messages"],
  "domain/receipts": [
    ...domainNeeds,
    "domain/users",
    "domain/messages",
    "domain/conversations",
  ],
  stream: [...domainNeeds, ...domain],
  "metrics.ts": [
    "foundation",
    "fair",
    ...domain,
    "stream",
    "metrics",
    "db/observer.ts",
  ],
  metrics: [
    "foundation",
    "fair",
    ...domain,
    ...["stream", "graphql/operation-observer.ts", "transport"],
    "bus",
    "db/observer.ts",
  ],
  "stop-budget.ts": ["config"],
  "services.ts": [...domainNeeds, ...domain, "stream"],
  gate: ["foundation", "auth"],
  graphql: [
    "foundation",
    "auth",
    "fair",
    "gate",
    "db/failure.ts",
    ...domain,
    "stream",
    "services.ts",
  ],
  pages: ["foundation", "auth", ...domain, "services.ts"],
  "transport/socket": [
    "foundation",
    "auth",
    "fair",
    "stream",
    "gate",
    "graphql",
    "services.ts",
  ],
  "transport/http": [
    ...["foundation", "auth", "fair", "gate"],
    ...["graphql", "pages", "services.ts"],
  ],
  client: [],
  doctor: ["foundation", "auth", "config", "db", "bus", "embedded-postgres.ts"],
};

/** These put the rest together: `server.ts` imports all but the command line, `cli` imports all. */
const composition = [
  "listening.ts",
  "database.ts",
  "open-bus.ts",
  "transports.ts",
  "server.ts",
  "cli",
  "main.ts",
];

/** Files that write SQL: they alone import the driver, Drizzle and the rest of `db`. */
const sqlFiles = String.raw`^src/(db/|(domain|stream|doctor)/.*(-queries|-statement|fragments)\.ts$)`;

const pattern = (room) =>
  `^src/${room.replaceAll(".", String.raw`\.`)}${room.includes(".") ? "$" : "/"}`;

const directions = Object.entries(rooms).map(([room, others]) => ({
  name: `imports of ${room}`,
  severity: "error",
  comment: `src/${room} may import nothing else of src: .dependency-cruiser.mjs has the list.`,
  from: { path: pattern(room) },
  to: {
    path: "^src/",
    pathNot: [room, ...others].map(pattern),
  },
}));

/** SQL files may import all of `db`. */
for (const rule of directions)
  if (/domain|stream/.test(rule.name)) rule.from.pathNot = sqlFiles;
const sqlDirections = directions
  .filter(({ name }) => /domain|stream/.test(name))
  .map((rule) => ({
    ...rule,
    name: `${rule.name}, SQL`,
    from: { path: [rule.from.path], pathNot: `^(?!${sqlFiles.slice(1)})` },
    to: { ...rule.to, pathNot: [...rule.to.pathNot, "^src/db/"] },
  }));

export default {
  forbidden: [
    {
      name: "no circles",
      severity: "error",
      comment:
        "Files that import one another, by types too, can only be read together.",
      from: {},
      to: { circular: true },
    },
    ...directions,
    ...sqlDirections,
    {
      name: "nobody imports the composition",
      severity: "error",
      from: { path: "^src/", pathNot: composition.map(pattern) },
      to: { path: composition.map(pattern) },
    },
    {
      name: "packages stand alone",
      severity: "error",
      comment: "A package is installed without the server's sources.",
      from: { path: "^packages/" },
      to: { path: "^src/" },
    },
    {
      name: "the server knows no command line",
      severity: "error",
      from: { path: pattern("server.ts") },
      to: { path: pattern("cli") },
    },
    {
      name: "SQL in few files",
      severity: "error",
      comment:
        "SQL is written in *-queries.ts, *-statement.ts, fragments.ts and src/db.",
      from: {
        path: "^src/",
        pathNot: [sqlFiles, "^src/server.ts$"],
      },
      to: { path: "^node_modules/(drizzle-orm|postgres)/" },
    },
    {
      name: "logs are made in one room",
      severity: "error",
      comment:
        "src/log keeps content out of the log; a log made elsewhere would not.",
      from: { path: "^src/", pathNot: pattern("log") },
      to: {
        path: "^node_modules/pino/",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "traces are loaded where they are asked for",
      severity: "error",
      comment:
        "src/tracing/tracing.ts imports OpenTelemetry's room when an endpoint is given.",
      from: { path: "^src/", pathNot: "^src/tracing/open-telemetry" },
      to: { path: "^node_modules/@opentelemetry/" },
    },
    {
      name: "every room is listed",
      severity: "error",
      comment: "A new folder of src needs its line in .dependency-cruiser.mjs.",
      from: {
        path: "^src/",
        pathNot: [...Object.keys(rooms), ...composition].map(pattern),
      },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^src/client/" },
  },
};
