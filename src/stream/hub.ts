import { batchedReader } from "../foundation/batcher.js";
import type { Bus, Notice } from "../bus/bus.js";
import { membershipKey } from "../domain/conversations/participant.js";
import type { Changes } from "./changes.js";
import { decodeCursor } from "./cursor.js";
import type { DeliveryDependencies } from "./delivery.js";
import type { CommitHorizon } from "./commit-horizon.js";
import type { FollowerState } from "./follower.js";
import { Opening } from "./opening.js";
import type { PositionQueries } from "./position-queries.js";
import { Registry, type StreamSize } from "./registry.js";
import type { Resume } from "./resume.js";
import type { MemberQueries } from "./rights-queries.js";
import type { StreamRequest } from "./subscription.js";
import { sweep, type SweepDependencies } from "./sweep.js";
import { Watermark } from "./watermark.js";

/** What the hub of a node needs. */
export interface HubDependencies extends DeliveryDependencies {
  readonly bus: Bus;
  readonly changes: Pick<Changes, "since">;
  readonly resume: Resume;
  readonly horizon: CommitHorizon;
  readonly rights: MemberQueries;
  readonly positions: PositionQueries;
  /** How often the node compares its versions with the database. */
  readonly sweepMs: number;
  /** Told of failures in the background. */
  readonly onError: (error: unknown) => void;
}

/** All subscriptions of this node: notices come in, and go to the feeds that serve them. */
export class Hub {
  private readonly registry: Registry;
  private readonly opening: Opening;
  private readonly sweepNeeds: SweepDependencies;
  private readonly onError: (error: unknown) => void;
  private readonly stopListening: () => void;
  private readonly timer: NodeJS.Timeout;
  private sweeping: Promise<void> | null = null;

  constructor(needs: HubDependencies) {
    const { bus, rights, onError } = needs;
    const readRights = batchedReader({
      read: rights.members,
      keyOf: membershipKey,
      keyOfRow: membershipKey,
    });
    const watermark = new Watermark();
    const registry = new Registry(watermark, { ...needs, readRights });
    const opening = new Opening({ ...needs, registry, readRights });
    this.registry = registry;
    this.opening = opening;
    this.sweepNeeds = { ...needs, registry, opening, watermark };
    this.onError = onError;
    this.stopListening = bus.listen((notice) => {
      this.onNotice(notice);
    });
    this.timer = setInterval(
      () => void this.sweep().catch(onError),
      needs.sweepMs,
    );
    this.timer.unref();
  }

  /**
   * Starts a subscription: registers first, then reads what happened since the cursor, then goes
   * on live, so that nothing falls between.
   * @returns a function that ends it
   * @throws {AppError} NOT_FOUND, BAD_USER_INPUT
   */
  async subscribe(request: StreamRequest): Promise<() => void> {
    const cursor = request.after === null ? null : decodeCursor(request.after);
    const subscription = this.registry.add(request);
    try {
      await this.opening.open(subscription, cursor);
    } catch (error) {
      this.registry.end(subscription);
      throw error;
    }
    // A notice that came before its followers were there told nobody.
    if (subscription.isOutdated)
      this.opening.join([subscription]).catch(this.onError);
    return () => {
      this.registry.end(subscription);
    };
  }

  /** Compares versions with the database, at once. A sweep that is under way is waited for instead. */
  sweep(): Promise<void> {
    return (this.sweeping ??= sweep(this.sweepNeeds).finally(
      () => (this.sweeping = null),
    ));
  }

  get size(): StreamSize {
    return this.registry.size;
  }

  /** How many followers are in each state. */
  countByState(): Map<FollowerState, number> {
    return this.registry.countByState();
  }

  /** Ends every subscription, and stops listening. */
  close(): void {
    clearInterval(this.timer);
    this.stopListening();
    for (const subscription of [...this.registry.subscriptions]) {
      subscription.request.sink.complete();
      this.registry.end(subscription);
    }
  }

  private onNotice(notice: Notice): void {
    switch (notice.kind) {
      case "conversation": {
        const feed = this.registry.feeds.get(notice.conversationId);
        feed?.tell(notice.version).catch(this.onError);
        return;
      }
      case "user":
        this.onUserNotice(notice.userId);
    }
  }

  /** The user's conversations or preferences changed. */
  private onUserNotice(userId: string): void {
    const subscriptions = this.registry.ofUser(userId);
    for (const subscription of subscriptions) {
      subscription.isOutdated = true;
      for (const conversationId of subscription.followers.keys())
        this.registry.feeds.get(conversationId)?.refreshRights();
    }
    this.opening.join(subscriptions).catch(this.onError);
  }
}
