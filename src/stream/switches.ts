import type { StreamCursor } from "./cursor.js";
import type { LastSwitch } from "./last-switch.js";
import type { OrderQueries } from "./order-queries.js";
import type { Registry } from "./registry.js";
import { resetPosition } from "./resume.js";
import type { RunningSubscription } from "./running-subscription.js";

/** What resets after a switch need. */
export interface SwitchDependencies {
  readonly registry: Registry;
  readonly lastSwitch: LastSwitch;
  readonly order: Pick<OrderQueries, "lastActive">;
  readonly onError: (error: unknown) => void;
}

/** No switch is known. */
const none = -1;

/**
 * Whoever switches read receipts sees others' reads in another way from then on: each of their subscriptions to
 * status gets one event that says so by `reset: true` (R20). A subscription knows the switch that came before it; one
 * that goes on from a cursor knows no switch after the cursor, so that a device that was away is told.
 * Notices, readings of changes and sweeps tell that a user may have switched, on whichever node; the table
 * tells whether that is news to a subscription.
 */
export class Switches {
  private readonly needs: SwitchDependencies;
  /** For each subscription to status the switch that it knows. */
  private readonly known = new WeakMap<RunningSubscription, number>();
  /** Those whose user has switched since their cursor, or may have while they opened. */
  private readonly missed = new WeakSet<RunningSubscription>();

  constructor(needs: SwitchDependencies) {
    this.needs = needs;
  }

  /** A subscription opens: a switch before it, and before its cursor, is no news to it. */
  async begin(
    subscription: RunningSubscription,
    cursor: StreamCursor | null,
  ): Promise<void> {
    const { lastSwitch } = this.needs;
    const { kind, viewer } = subscription.request;
    if (kind !== "status" || viewer.isService) return;
    const isNews =
      cursor !== null && (await lastSwitch.isAfter(cursor, viewer));
    if (isNews) this.missed.add(subscription);
    this.known.set(
      subscription,
      isNews ? none : await lastSwitch.of(viewer.userId),
    );
  }

  /** It has opened. */
  end(subscription: RunningSubscription): void {
    if (this.missed.delete(subscription))
      this.onMaybeSwitched(subscription.request.viewer.userId);
  }

  /**
   * A user may have switched: rights are read again before the next event, and those of their subscriptions that
   * do not know of the switch yet are reset.
   */
  onMaybeSwitched(userId: string): void {
    const { registry, onError } = this.needs;
    for (const subscription of registry.ofUser(userId))
      for (const conversationId of subscription.followers.keys())
        registry.feeds.get(conversationId)?.refreshRights();
    this.check(userId).catch(onError);
  }

  private async check(userId: string): Promise<void> {
    const { registry, lastSwitch } = this.needs;
    if (![...registry.ofUser(userId)].some((one) => this.known.has(one)))
      return;
    const xid = await lastSwitch.of(userId);
    for (const subscription of [...registry.ofUser(userId)]) {
      const known = this.known.get(subscription);
      if (subscription.state === "opening") this.missed.add(subscription);
      if (subscription.state !== "open" || known === undefined) continue;
      if (known === xid) continue;
      this.known.set(subscription, xid);
      await this.reset(subscription);
    }
  }

  /** One event: in the conversation that it follows, or in the viewer's one that was active last. */
  private async reset(subscription: RunningSubscription): Promise<void> {
    const { registry, order } = this.needs;
    const { conversationId, viewer } = subscription.request;
    const id = conversationId ?? (await order.lastActive(viewer.userId));
    if (id === null || subscription.state !== "open") return;
    const follower = subscription.followers.get(id);
    if (follower) follower.restart(resetPosition);
    else registry.follow(subscription, id, resetPosition).begin();
  }
}
