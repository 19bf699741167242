import type { Logger } from "pino";
import type { BusObserver } from "./observer.js";

/**
 * Writes a line where the bus is lost or back, and where notices are dropped; debug lines for all that
 * may have been lost. A bus that stays away is told of once.
 */
export function withBusLog(log: Logger, observer: BusObserver): BusObserver {
  let isLost = false;
  return {
    onSent: (notices) => observer.onSent(notices),
    onHeard: (notices) => observer.onHeard(notices),
    onLoss(loss) {
      observer.onLoss(loss);
      log.debug({ loss }, "notices may have been lost");
    },
    onComparison(loss) {
      observer.onComparison(loss);
      log.debug({ loss }, "comparing with the database");
    },
    onDropped(notices) {
      observer.onDropped(notices);
      log.warn(
        { notices },
        "the bus is away: notices that waited were dropped",
      );
    },
    onLost(err) {
      observer.onLost(err);
      if (isLost) log.debug({ err }, "the bus is still away");
      else log.warn({ err }, "the bus is away: not ready until it is back");
      isLost = true;
    },
    onProblem(err) {
      observer.onProblem(err);
      log.warn({ err }, "the bus refused something");
    },
    onConnected() {
      observer.onConnected();
      if (isLost) log.info("the bus is back");
      isLost = false;
    },
  };
}
