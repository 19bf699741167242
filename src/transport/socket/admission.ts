import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Authenticate } from "../../auth/token.js";
import { refusalMs, refuseSlowly } from "../../fair/refuse-slowly.js";
import type { Fairness } from "../../fair/fairness.js";
import { AppError } from "../../foundation/errors.js";
import type { Overload } from "../../foundation/overload.js";
import { toClientError } from "../../graphql/client-error.js";
import type { Services } from "../../services.js";
import { closings } from "./close-codes.js";
import type { Connection } from "./connection.js";

/** The longest delay that a timer of Node takes. A token may be valid for longer. */
const longestTimerMs = 2 ** 31 - 1;

/** Counts connections that have shown no good token yet. */
export interface Newcomers {
  settle(stream: Connection["stream"]): void;
}

/** Decides which sockets are let in, and for how long. */
export class Admission {
  private readonly authenticate: Authenticate;
  private readonly newcomers: Newcomers;
  private readonly users: Services["users"];
  private readonly overload: Overload;
  private readonly fair: Fairness;
  private readonly log: Logger;

  constructor({
    authenticate,
    newcomers,
    users,
    overload,
    fair,
    log,
  }: {
    authenticate: Authenticate;
    newcomers: Newcomers;
    users: Services["users"];
    overload: Overload;
    fair: Fairness;
    log: Logger;
  }) {
    this.authenticate = authenticate;
    this.newcomers = newcomers;
    this.users = users;
    this.overload = overload;
    this.fair = fair;
    this.log = log;
  }

  /**
   * Lets a socket in whose token is valid, and whose user neither has their share of this node's sockets
   * already nor opens too many one after the other: such a refusal takes its time. An admitted socket is closed when its token expires (R21).
   * @param authorization the value in the payload of `connection_init`
   * @returns whether the socket is let in; false without a close frame where the token is not valid
   */
  async admit(
    connection: Connection,
    authorization: unknown,
  ): Promise<boolean> {
    try {
      return await this.check(connection, authorization);
    } catch (error) {
      if (error instanceof AppError && error.code === "UNAUTHENTICATED")
        return false;
      toClientError(error, randomUUID(), this.log);
      connection.close(closings.tryAgainLater);
      return false;
    }
  }

  private async check(
    connection: Connection,
    authorization: unknown,
  ): Promise<boolean> {
    const { socket } = connection;
    const { shares } = this.fair;
    // Many sockets may have been opened in the turns before the shedding began.
    const refusal =
      this.overload.refusal("socket") ??
      (await this.fair.chargeAddress(connection.address));
    if (refusal) throw refusal;
    const { viewer, profile } = await this.authenticate(
      typeof authorization === "string" ? authorization : undefined,
    );
    this.newcomers.settle(connection.stream);
    const tooFast = await this.fair.charge(viewer, "connections", 1);
    if (tooFast) return refuseSlowly(tooFast);
    await this.users.ensure(profile);
    if (socket.readyState !== socket.OPEN) return false;
    if (shares.take("sockets", viewer)) {
      await sleep(refusalMs);
      connection.close(closings.tooManySockets);
      return false;
    }
    connection.viewer = viewer;
    const stopWaiting = whenReached(viewer.expiresAtMs, () =>
      connection.close(closings.tokenExpired),
    );
    socket.once("close", () => {
      stopWaiting();
      shares.release("sockets", viewer);
    });
    return true;
  }
}

/**
 * Calls back at a time, however far off the time is.
 * @returns gives up the wait
 */
function whenReached(atMs: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const leftMs = atMs - Date.now();
    timer = setTimeout(
      leftMs > longestTimerMs ? wait : callback,
      Math.min(longestTimerMs, leftMs),
    );
    timer.unref();
  };
  wait();
  return () => clearTimeout(timer);
}
