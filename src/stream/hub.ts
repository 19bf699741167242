import type { Bus, Notice } from "../bus/bus.js";
import { batchedReader } from "../foundation/batched-reader.js";
import { membershipKey } from "../domain/conversations/participant.js";
import type { RightsQueries } from "../domain/conversations/rights-queries.js";
import type { BadgeNeeds } from "./badge-teller.js";
import type { Changes } from "./changes.js";
import type { DeliveryDependencies } from "./delivery.js";
import type { FollowerState } from "./follower.js";
import type { Head } from "./head.js";
import { Interest } from "./interest.js";
import type { LastSwitch } from "./last-switch.js";
import type { ErrorPlace } from "./observer.js";
import { Opening } from "./opening.js";
import type { OrderQueries } from "./order-queries.js";
import type { Preferences } from "./preferences.js";
import { Registry, type StreamSize } from "./registry.js";
import { restart } from "./restart.js";
import type { Resume } from "./resume.js";
import type { StreamRequest } from "./subscription.js";
import { sweep } from "./sweep.js";
import type { SweepQueries } from "./sweep-queries.js";
import { Switches } from "./switches.js";
import type { CurrentTimeline } from "./timeline.js";
import type { Watermark } from "./watermark.js";

/** A subscription to all conversations keeps no follower in a conversation that was quiet for so long. */
const restAfterMs = 10_000;

/** What the hub of a node needs. */
export interface HubDependencies
  extends DeliveryDependencies, Pick<BadgeNeeds, "readBadge"> {
  readonly bus: Bus;
  readonly changes: Pick<Changes, "since">;
  readonly resume: Resume;
  readonly head: Head;
  readonly preferences: Preferences;
  readonly rights: RightsQueries;
  readonly order: OrderQueries;
  readonly sweeps: SweepQueries;
  readonly lastSwitch: LastSwitch;
  /** The timeline that the database is in, if history was cut short since this node looked last. */
  readonly findNewTimeline: () => Promise<CurrentTimeline | null>;
  /** How often the node reads what has changed. */
  readonly sweepMs: number;
  /** Told of failures in the background. */
  readonly onError: (error: unknown, at?: ErrorPlace) => void;
}

/**
 * All subscriptions of this node. A notice that a conversation changed goes to {@link Interest}, which finds
 * the followers that it concerns and lets their feed send what is new.
 */
export class Hub {
  private readonly needs: HubDependencies;
  private readonly registry: Registry;
  private readonly interest: Interest;
  private readonly opening: Opening;
  private readonly switches: Switches;
  private readonly stopListening: () => void;
  private readonly timer: NodeJS.Timeout;
  private sweeping: Promise<void> | null = null;
  /** The sweep that begins when the one under way has ended. */
  private comparing: Promise<void> | null = null;
  private isClosed = false;
  /** The watermark before the newest sweep. All that it sees was sent at least one sweep ago. */
  private safe: Watermark;
  /** A new timeline, until all subscriptions here go on in it: a restart that failed is tried again. */
  private entering: CurrentTimeline | null = null;
  /** The lowest transaction in a notice since a sweep last found that no history was lost. */
  private lowestXid = Infinity;

  constructor(needs: HubDependencies) {
    const { bus, head, order, lastSwitch, onError } = needs;
    const readRights = batchedReader({
      read: needs.rights.rights,
      keyOf: membershipKey,
      keyOfRow: membershipKey,
    });
    this.needs = needs;
    this.safe = head.watermark;
    const registry = (this.registry = new Registry(head, {
      ...needs,
      readRights,
      onJoined: (conversationId) => {
        this.interest.onJoined(conversationId);
      },
      onStateChange: (follower) => {
        this.opening.onStateChange(follower);
      },
    }));
    this.interest = new Interest({ registry, queries: order, head, onError });
    this.opening = new Opening({
      ...{ registry, resume: needs.resume, queries: order, readRights, head },
    });
    this.switches = new Switches({ registry, lastSwitch, order, onError });
    needs.preferences.whenSwitched((userId) => {
      this.switches.onMaybeSwitched(userId);
    });
    // A sweep that is under way when the node stops may find the database closed.
    const onSweepError = (error: unknown) => {
      if (!this.isClosed) onError(error);
    };
    this.stopListening = bus.listen(
      (notice) => {
        this.onNotice(notice);
      },
      () => void this.compare().catch(onSweepError),
    );
    this.timer = setInterval(
      () => void this.sweep().catch(onSweepError),
      needs.sweepMs,
    );
    this.timer.unref();
  }

  /**
   * Starts a subscription: registers it, and opens it by {@link Opening}.
   * @returns a function that ends it
   * @throws {AppError} NOT_FOUND, BAD_USER_INPUT
   */
  async subscribe(request: StreamRequest): Promise<() => void> {
    const { head, onError } = this.needs;
    const cursor = request.after === null ? null : head.decode(request.after);
    const subscription = this.registry.add(request);
    try {
      await this.switches.begin(subscription, cursor);
      await this.opening.open(subscription, cursor);
    } catch (error) {
      this.registry.end(subscription);
      throw error;
    }
    if (subscription.unsurveyed.size > 0)
      this.interest.surveyMissed(subscription).catch(onError);
    this.switches.end(subscription);
    return () => {
      this.registry.end(subscription);
    };
  }

  /** Sweeps at once. Where a sweep is under way, this call waits for that sweep instead. */
  sweep(): Promise<void> {
    return (this.sweeping ??= this.timedSweep().finally(
      () => (this.sweeping = null),
    ));
  }

  /**
   * Something may have been lost: what is here is compared with what the database holds from now on. Where
   * a sweep is under way, which may have read already, one more follows it.
   */
  compare(): Promise<void> {
    const before = this.sweeping?.catch(() => undefined) ?? Promise.resolve();
    return (this.comparing ??= before.then(() => {
      this.comparing = null;
      return this.isClosed ? undefined : this.sweep();
    }));
  }

  /** The timeline of the database that this node works in. */
  get timeline(): number {
    return this.needs.head.timeline;
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
    this.isClosed = true;
    clearInterval(this.timer);
    this.stopListening();
    for (const subscription of [...this.registry.subscriptions]) {
      subscription.request.sink.complete();
      this.registry.end(subscription);
    }
  }

  private async timedSweep(): Promise<void> {
    const { observer } = this.needs;
    const beganMs = performance.now();
    let isOk = false;
    try {
      await this.sweepNow();
      isOk = true;
    } finally {
      observer.onSwept(performance.now() - beganMs, isOk);
    }
  }

  private async sweepNow(): Promise<void> {
    const { registry, interest, needs, safe } = this;
    const { head, order, preferences, observer, sweeps, sweepMs } = needs;
    const toldXid = this.lowestXid;
    this.lowestXid = Infinity;
    try {
      this.entering ??= await needs.findNewTimeline();
      const restarting = {
        ...{ registry, interest, head, preferences },
        queries: order,
      };
      // Changes that notices told of since may be of the new history already: all are sent again.
      const firstXid = Math.min(toldXid, this.lowestXid);
      if (this.entering)
        await restart(restarting, this.entering, safe, firstXid);
      this.entering = null;
    } catch (error) {
      this.lowestXid = Math.min(toldXid, this.lowestXid);
      throw error;
    }
    const before = head.watermark;
    await sweep({
      ...{ registry, interest, head, preferences, observer },
      restAfterSweeps: Math.max(3, Math.ceil(restAfterMs / sweepMs)),
      queries: sweeps,
    });
    this.safe = before;
  }

  private onNotice(notice: Notice): void {
    const { onError } = this.needs;
    switch (notice.kind) {
      case "conversation": {
        const { conversationId, version, xid } = notice;
        this.watchTimeline(xid);
        this.interest.onChange(conversationId, version).catch(onError);
        return;
      }
      case "user":
        this.switches.onMaybeSwitched(notice.userId);
        return;
      case "profile":
        // Events read profiles anew.
        return;
    }
  }

  /** A notice of a transaction that should long have ended may be of another history: a sweep finds out. */
  private watchTimeline(xid: number | null): void {
    const { head, onError } = this.needs;
    if (xid === null) return;
    this.lowestXid = Math.min(this.lowestXid, xid);
    if (xid < head.endedBefore) this.sweep().catch(onError);
  }
}
