import { constants } from "node:fs";
import { access } from "node:fs/promises";
import type { Logger } from "pino";
import type { Bus } from "./bus/bus.js";
import { createInProcessBus } from "./bus/in-process-bus.js";
import type { LineKind } from "./bus/line.js";
import { LineBus } from "./bus/line-bus.js";
import { withBusLog } from "./bus/log.js";
import type { NatsChoice } from "./bus/nats-line.js";
import { postgresLine } from "./bus/postgres-line.js";
import { ConfigError, type Config } from "./config/config.js";
import type { SessionKind } from "./db/session.js";
import { unlessAborted, withDeadline } from "./foundation/deadline.js";
import type { BusMetrics } from "./metrics/bus.js";

/** The start waits so long for the bus. After that it goes on, and the node is not ready until the bus is. */
const startMs = 3_000;

/** What the bus of a node is made of. */
export interface BusNeeds {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly sessions: SessionKind;
  readonly metrics: BusMetrics;
  readonly log: Logger;
  readonly stopping: AbortSignal;
}

/**
 * Opens the bus that the configuration names.
 * @throws {ConfigError} where it can't carry notices
 */
export async function openBus(needs: BusNeeds): Promise<Bus> {
  const { metrics, log, stopping } = needs;
  const kind = await lineOf(needs);
  if (!kind) {
    const bus = createInProcessBus();
    metrics.watch(bus, () => new Map());
    return bus;
  }
  const bus = new LineBus({
    kind,
    observer: withBusLog(log, metrics.observer),
    onError: (err) => log.error({ err }, "a notice could not be handled"),
  });
  metrics.watch(bus, () => bus.silences());
  try {
    await unlessAborted(withDeadline(bus.connected, startMs), stopping);
  } catch (error) {
    await bus.close();
    throw error;
  }
  return bus;
}

/** Null where there is one node. */
async function lineOf({
  config: { bus, busPrefix },
  databaseUrl,
  sessions,
}: BusNeeds): Promise<LineKind | null> {
  switch (bus.kind) {
    case "in-process":
      return null;
    case "postgres":
      if (bus.url === null && sessions === "lent")
        throw new ConfigError([
          "BUS_URL can't be the Postgres of DATABASE_URL, which is reached through a pooler: in transaction mode it loses all notices. Set BUS_URL to the postgres:// URL of Postgres itself, or to a nats:// URL; or DATABASE_POOLER=session where the pooler is in session mode; or BUS_URL=in-process where there is one node only",
        ]);
      return postgresLine(bus.url ?? databaseUrl, `${busPrefix}.bus`);
    case "nats": {
      await assertReadable(bus);
      const { natsLine } = await import("./bus/nats-line.js");
      return natsLine(bus, `${busPrefix}.bus`);
    }
  }
}

async function assertReadable({ credentialsFile }: NatsChoice): Promise<void> {
  if (credentialsFile === null) return;
  try {
    await access(credentialsFile, constants.R_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`BUS_CREDENTIALS_FILE can't be read: ${reason}`]);
  }
}
