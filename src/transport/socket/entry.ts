import { OperationTypeNode } from "graphql";
import type { Fairness } from "../../fair/fairness.js";
import type { Place } from "../../fair/under-way.js";
import { refusalMs } from "../../fair/refuse-slowly.js";
import { AppError } from "../../foundation/errors.js";
import { SubscriptionShare } from "../lasting/subscription-share.js";
import type { Connection, Counted } from "./connection.js";
import { countedAs, tooMany } from "./refusals.js";

/**
 * What an operation takes of its socket and of its user. A subscription is under way until it is open, and
 * counted until it ends.
 */
export class Entry {
  private readonly connection: Connection;
  private readonly counted: Counted;
  private readonly place: Place;
  /** Of a subscription. */
  private readonly share: SubscriptionShare | null;
  private isUnderWay = true;

  private constructor(
    connection: Connection,
    counted: Counted,
    place: Place,
    share: SubscriptionShare | null,
  ) {
    this.share = share;
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
    const refuse = (refusal: AppError) => {
      connection.release(counted);
      connection.rest(refusalMs);
      return refusal;
    };
    const share =
      counted === "subscriptions"
        ? SubscriptionShare.take(fair.shares, viewer)
        : null;
    if (share instanceof AppError) return refuse(share);
    const place = fair.underWay.admit(viewer, connection.messageBytes);
    if (!(place instanceof AppError))
      return new Entry(connection, counted, place, share);
    share?.release();
    return refuse(place);
  }

  /**
   * Waits for the operation's turn.
   * @throws {AppError} UNAVAILABLE where the client is gone: nobody would get the answer
   */
  async turn(): Promise<void> {
    if (!(await this.place.turn(this.connection)))
      throw new AppError("UNAVAILABLE", "The socket was closed.");
  }

  /** Counts a subscription to a conversation, or to all: see {@link SubscriptionShare.follow}. */
  async follow(conversationId: string | null): Promise<void> {
    await this.share?.follow(conversationId);
  }

  /** The subscription is open: it runs on, and others may take its turn. */
  opened(): void {
    if (this.isUnderWay) this.place.leave();
    this.isUnderWay = false;
  }

  /** The operation has ended. */
  leave(): void {
    this.opened();
    this.connection.release(this.counted);
    this.share?.release();
  }
}
