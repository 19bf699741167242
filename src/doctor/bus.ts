import { randomUUID } from "node:crypto";
import type { Bus } from "../bus/bus.js";
import type { Config } from "../config/config.js";
import { failure, ok, warning, type Verdict } from "./finding.js";

/** What is used of a bus. */
export type ExaminedBus = Pick<Bus, "publish" | "listen" | "close">;

/** Opens one end of the bus that the configuration names, as a node would. */
export type OpenBus = (config: Config) => Promise<ExaminedBus>;

const limitMs = 5_000;
const againMs = 100;
const slowMs = 1_000;

/**
 * Sends a notice from one end of the bus to another, as one node would to another. The notice is of a user
 * whom nobody knows.
 */
export async function checkBus(
  config: Config,
  open: OpenBus,
): Promise<Verdict> {
  if (config.bus.kind === "in-process")
    return config.database.kind === "embedded"
      ? ok("One node is alone with the embedded database: it needs no bus.")
      : warning(
          `BUS_URL=in-process: what other nodes change is found at the next sweep, every ${String(config.sweepMs / 1_000)} s.`,
          "Leave BUS_URL out where there is more than one node.",
        );
  const ends: ExaminedBus[] = [];
  try {
    const end = async () => {
      const opened = await open(config);
      ends.push(opened);
      return opened;
    };
    const ms = await roundTrip(await end(), await end());
    if (ms === null)
      return failure(
        `A notice that was sent on the bus did not arrive within ${String(limitMs / 1_000)} s.`,
        "Look at BUS_URL, and whether its role or user may publish and subscribe. Until then changes of other nodes are found by sweeps alone.",
      );
    return ms > slowMs
      ? warning(
          `A notice took ${ms.toFixed(0)} ms from one end of the bus to the other.`,
          "Look at the load of the bus and at the network: events of other nodes are late by as much.",
        )
      : ok(
          `A notice took ${ms.toFixed(1)} ms from one end of the bus to the other.`,
        );
  } catch (error) {
    return failure(
      `The bus can't be reached: ${error instanceof Error ? error.message : String(error)}`,
      "Look at BUS_URL, and at what it leads to.",
    );
  } finally {
    await Promise.allSettled(ends.map((each) => each.close()));
  }
}

/** The time that a notice took, in milliseconds; null where it did not arrive. */
function roundTrip(
  sender: ExaminedBus,
  hearer: ExaminedBus,
): Promise<number | null> {
  return new Promise((resolve) => {
    const sentAt = new Map<string, number>();
    const send = () => {
      const userId = `doctor-${randomUUID()}`;
      sentAt.set(userId, performance.now());
      sender.publish({ kind: "user", userId });
    };
    // The listening may begin a little later than the connection.
    const again = setInterval(send, againMs);
    const giveUp = setTimeout(() => end(null), limitMs);
    const stopListening = hearer.listen((notice) => {
      const sent =
        notice.kind === "user" ? sentAt.get(notice.userId) : undefined;
      if (sent !== undefined) end(performance.now() - sent);
    });
    const end = (ms: number | null) => {
      clearInterval(again);
      clearTimeout(giveUp);
      stopListening();
      resolve(ms);
    };
    send();
  });
}
