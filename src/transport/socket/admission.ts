import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Authenticate } from "../../auth/token.js";
import type { Fairness } from "../../fair/fairness.js";
import { AppError } from "../../foundation/errors.js";
import type { Overload } from "../../foundation/overload.js";
import { toClientError } from "../../graphql/client-error.js";
import type { Services } from "../../services.js";
import { stay } from "../lasting/stay.js";
import { closings, forbidden } from "./close-codes.js";
import type { Connection } from "./connection.js";

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
   * already nor opens too many one after the other. An admitted socket is closed when its token expires (R21).
   * @param authorization as an `Authorization` header has it
   * @returns whether the socket is let in; one that is not is closing, with the reason
   */
  async admit(
    connection: Connection,
    authorization: string | undefined,
  ): Promise<boolean> {
    try {
      return await this.check(connection, authorization);
    } catch (error) {
      const isRefused =
        error instanceof AppError && error.code === "UNAUTHENTICATED";
      if (!isRefused) toClientError(error, randomUUID(), this.log);
      connection.close(
        isRefused ? forbidden(error.message) : closings.tryAgainLater,
      );
      return false;
    }
  }

  private async check(
    connection: Connection,
    authorization: string | undefined,
  ): Promise<boolean> {
    const { socket } = connection;
    const { shares } = this.fair;
    // Many sockets may have been opened in the turns before the shedding began.
    const refusal =
      this.overload.refusal("socket") ??
      (await this.fair.chargeAddress(connection.address));
    if (refusal) throw refusal;
    const { viewer, profile } = await this.authenticate(authorization);
    this.newcomers.settle(connection.stream);
    const tooFast = await this.fair.charge(viewer, "connections", 1);
    if (tooFast) throw tooFast;
    await this.users.ensure(profile);
    if (socket.readyState !== socket.OPEN) return false;
    const leave = stay(shares, viewer, () =>
      connection.close(closings.tokenExpired),
    );
    if (leave instanceof AppError) {
      connection.close(closings.tooManySockets);
      return false;
    }
    connection.viewer = viewer;
    socket.once("close", leave);
    return true;
  }
}
