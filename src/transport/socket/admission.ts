import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Authenticate } from "../../auth/token.js";
import { AppError } from "../../foundation/errors.js";
import type { Overload } from "../../foundation/overload.js";
import { toClientError } from "../../graphql/client-error.js";
import type { Services } from "../../services.js";
import { closings } from "./close-codes.js";
import type { Connection } from "./connection.js";
import { socketLimits } from "./limits.js";

/** The longest delay that a timer of Node takes. A token may be valid for longer. */
const longestTimerMs = 2 ** 31 - 1;

/** Decides which sockets are let in, and for how long. */
export class Admission {
  private readonly authenticate: Authenticate;
  private readonly users: Services["users"];
  private readonly overload: Overload;
  private readonly log: Logger;
  /** Sockets of each user on this node. */
  private readonly socketsOfUser = new Map<string, number>();

  constructor({
    authenticate,
    users,
    overload,
    log,
  }: {
    authenticate: Authenticate;
    users: Services["users"];
    overload: Overload;
    log: Logger;
  }) {
    this.authenticate = authenticate;
    this.users = users;
    this.overload = overload;
    this.log = log;
  }

  /**
   * Lets a socket in whose token is valid and whose user has fewer than `socketLimits.perUser`
   * sockets on this node. An admitted socket is closed when its token expires (R21).
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
    // Many sockets may have been opened in the turns before the shedding began.
    const refusal = this.overload.refusal("socket");
    if (refusal) throw refusal;
    const { viewer, profile } = await this.authenticate(
      typeof authorization === "string" ? authorization : undefined,
    );
    await this.users.ensure(profile);
    if (socket.readyState !== socket.OPEN) return false;
    if (!this.count(viewer.userId)) {
      connection.close(closings.tooManySockets);
      return false;
    }
    connection.viewer = viewer;
    const stopWaiting = whenReached(viewer.expiresAtMs, () =>
      connection.close(closings.tokenExpired),
    );
    socket.once("close", () => {
      stopWaiting();
      this.uncount(viewer.userId);
    });
    return true;
  }

  private count(userId: string): boolean {
    const sockets = (this.socketsOfUser.get(userId) ?? 0) + 1;
    if (sockets > socketLimits.perUser) return false;
    this.socketsOfUser.set(userId, sockets);
    return true;
  }

  private uncount(userId: string): void {
    const left = (this.socketsOfUser.get(userId) ?? 1) - 1;
    if (left > 0) this.socketsOfUser.set(userId, left);
    else this.socketsOfUser.delete(userId);
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
