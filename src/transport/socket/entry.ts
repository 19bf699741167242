import { OperationTypeNode } from "graphql";
import type { Fairness } from "../../fair/fairness.js";
import type { Place } from "../../fair/under-way.js";
import { refusalMs, refuseSlowly } from "../../fair/refuse-slowly.js";
import { AppError } from "../../foundation/errors.js";
import type { Connection, Counted } from "./connection.js";
import { countedAs, tooMany } from "./refusals.js";

/**
 * What an operation takes of its socket and of its user. A subscription is under way until it is open, and
 * counted until it ends.
 */
export class Entry {
  private readonly fair: Fairness;
  private readonly connection: Connection;
  private readonly counted: Counted;
  private readonly isRead: boolean;
  private readonly place: Place;
  /** The conversation that a subscription follows, once it is counted; empty for all. */
  private followed: string | null = null;
  private isUnderWay = true;

  private constructor(
    fair: Fairness,
    connection: Connection,
    counted: Counted,
    isRead: boolean,
    place: Place,
  ) {
    this.isRead = isRead;
    this.fair = fair;
    this.connection = connection;
    this.counted = counted;
    this.place = place;
  }

  /**
   * Counts an operation, at once, so that messages that arrive together are counted one by one.
   * @returns RATE_LIMITED where the socket or its user has too much: nothing is counted then, and nothing more
   * is read from the socket for a while
   */
  static of(
    fair: Fairness,
    connection: Connection,
    type: OperationTypeNode,
  ): Entry | AppError {
    const counted = countedAs(type);
    const viewer = connection.admittedViewer;
    if (!connection.reserve(counted)) {
      connection.rest(refusalMs);
      return tooMany(counted);
    }
    const refusal =
      counted === "subscriptions"
        ? fair.shares.take("subscriptions", viewer)
        : null;
    const place =
      refusal ?? fair.underWay.admit(viewer, connection.messageBytes);
    if (!(place instanceof AppError))
      return new Entry(
        fair,
        connection,
        counted,
        type !== OperationTypeNode.MUTATION,
        place,
      );
    if (counted === "subscriptions" && !refusal)
      fair.shares.release("subscriptions", viewer);
    connection.release(counted);
    connection.rest(refusalMs);
    return place;
  }

  /**
   * Waits for the operation's turn.
   * @throws {AppError} UNAVAILABLE where the client is gone: nobody would get the answer
   */
  async turn(): Promise<void> {
    if (!(await this.place.turn(this.connection, this.isRead)))
      throw new AppError("UNAVAILABLE", "The socket was closed.");
  }

  /**
   * Counts a subscription to a conversation, or to all.
   * @throws {AppError} RATE_LIMITED
   */
  async follow(conversationId: string | null): Promise<void> {
    const about = conversationId ?? "";
    const { admittedViewer } = this.connection;
    const { shares } = this.fair;
    const refusal = shares.take("subscriptionsToOne", admittedViewer, {
      about,
    });
    if (refusal) await refuseSlowly(refusal);
    this.followed = about;
  }

  /** The subscription is open: it runs on, and others may take its turn. */
  opened(): void {
    if (this.isUnderWay) this.place.leave();
    this.isUnderWay = false;
  }

  /** The operation has ended. */
  leave(): void {
    const { fair, connection, counted, followed } = this;
    this.opened();
    connection.release(counted);
    const viewer = connection.admittedViewer;
    if (counted === "subscriptions")
      fair.shares.release("subscriptions", viewer);
    if (followed !== null)
      fair.shares.release("subscriptionsToOne", viewer, { about: followed });
  }
}
