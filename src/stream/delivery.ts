import type { SeqSet } from "../foundation/seq-set.js";
import { inSpan } from "../foundation/tracer.js";
import type { MessageRow } from "../domain/messages/message.js";
import type { MessageService } from "../domain/messages/message-service.js";
import {
  audienceGroups,
  type AudienceGroup,
  type GroupedEvent,
} from "./audience-groups.js";
import type { ChangeView } from "./change-view.js";
import type { Witness } from "./cursor.js";
import type { Follower, Addressees } from "./follower.js";
import type { PositionAt } from "../domain/conversations/position.js";
import type { Head } from "./head.js";
import type { StreamObserver, WithheldReason } from "./observer.js";
import { everySeq, visiblePart, type ConversationRights } from "./rights.js";
import type { StreamEvent } from "./subscription.js";
import { standingsTo, standingToMessage } from "./standing.js";
import { spanOf, usersAlone, type ChangeSet } from "./visible-change.js";
import type { Watermark } from "./watermark.js";

/** How many messages are read at once for subscribers to `messageAdded`. */
export const messagesPerRead = 200;

/** What a delivery needs of the services. */
export interface DeliveryDependencies {
  readonly view: Pick<ChangeView, "seenBy">;
  readonly messages: Pick<MessageService, "page">;
  readonly head: Head;
  readonly observer: StreamObserver;
}

/**
 * Delivers one conversation's changes and messages: executes once for each audience group, and hands the
 * same bytes to every follower of the group.
 */
export class Delivery {
  private readonly conversationId: string;
  private readonly rights: ConversationRights;
  private readonly needs: DeliveryDependencies;

  constructor(
    conversationId: string,
    rights: ConversationRights,
    needs: DeliveryDependencies,
  ) {
    this.conversationId = conversationId;
    this.rights = rights;
    this.needs = needs;
  }

  /** Makes the event of a change, and sends it to the addressees that are still to be served. */
  async sendChange(set: ChangeSet, addressees: Addressees): Promise<void> {
    if (set.rows.length === 0 && !set.isReset) return;
    const span = spanOf(set);
    const privateTo = usersAlone(set);
    const groups = this.groups(addressees.followers, set.position, {
      visiblePart: (rights) => visiblePart(span, rights),
      isPrivateTo: ({ userId, isService }) =>
        !isService && privateTo.has(userId),
      standingOf: standingsTo(set),
    });
    await Promise.all(
      groups.map(async (group) => {
        const { reader, sentBy, cursor, followers } = group;
        const view = { audience: reader.audience, sentBy };
        const change = await this.needs.view.seenBy(set, view, cursor);
        const { version } = set.position;
        if (!change) {
          this.withhold("filtered", followers, version);
          return;
        }
        if (change.reset) followers.forEach(this.needs.observer.onReset);
        await this.execute(
          { messageStatusChanged: change },
          group,
          addressees,
          version,
        );
      }),
    );
  }

  /** Sends the messages after a seq, up to the position of a set, to the addressees who may see them. */
  async sendMessages(
    above: number,
    set: ChangeSet,
    addressees: Addressees,
  ): Promise<void> {
    if (addressees.followers.length === 0) return;
    const { lastSeq } = set.position;
    for (let from = above; from < lastSeq;) {
      const messages = await this.readMessages(from, lastSeq, everySeq);
      await this.sendEach(messages, addressees, set, true);
      from = messages.at(-1)?.seq ?? lastSeq;
    }
  }

  /** Up to {@link messagesPerRead} of the visible messages between two seqs, the lower one excluded. */
  async readMessages(
    above: number,
    upTo: number,
    visible: SeqSet,
  ): Promise<readonly MessageRow[]> {
    if (above >= upTo) return [];
    return this.needs.messages.page(this.conversationId, visible, {
      above,
      below: upTo + 1,
      limit: messagesPerRead,
      fromEnd: false,
    });
  }

  /**
   * Sends messages one after the other. A follower whose socket becomes congested gets no further ones.
   * @param isNew whether they are sent as they come, and not to a follower who reads for itself
   */
  async sendEach(
    messages: readonly MessageRow[],
    { followers, isServed }: Addressees,
    set: ChangeSet,
    isNew: boolean,
  ): Promise<void> {
    for (const message of messages) {
      const { seq, version } = message;
      const waiting = followers.filter((follower) => {
        if (!isServed(follower)) return false;
        const isNew = follower.position.lastSeq < seq;
        if (!isNew) this.withhold("reached", [follower], version);
        return isNew;
      });
      if (waiting.length === 0) continue;
      const addressees = { followers: waiting, isServed };
      await this.sendMessage(message, addressees, set, isNew);
      for (const follower of waiting)
        if (isServed(follower))
          follower.position = {
            version: follower.position.version,
            lastSeq: seq,
          };
    }
  }

  private async sendMessage(
    message: MessageRow,
    addressees: Addressees,
    { policies, position: { snapshot } }: ChangeSet,
    isNew: boolean,
  ): Promise<void> {
    const { conversationId, seq, version, xid, sentAt } = message;
    const seeing = addressees.followers.filter((follower) => {
      const isVisible = this.rights.of(follower)?.visible.has(seq) ?? false;
      if (!isVisible) this.withhold("no_rights", [follower], version);
      return isVisible;
    });
    const changedMs = Date.parse(sentAt);
    const position = { version, lastSeq: seq, xid, changedMs, snapshot };
    const groups = this.groups(seeing, position, {
      visiblePart: () => null,
      isPrivateTo: () => false,
      standingOf: standingToMessage(message, policies, isNew),
    });
    const added = { conversationId, seq, row: message };
    await Promise.all(
      groups.map((group) =>
        this.execute(
          { messageAdded: { cursor: group.cursor, message: added } },
          group,
          addressees,
          version,
        ),
      ),
    );
  }

  /**
   * Executes once for a group, and sends the same bytes to each follower that can take them. A follower
   * whose socket is congested falls behind here (R24): it reads for itself once its socket has drained.
   */
  private async execute(
    event: StreamEvent,
    { reader, followers }: AudienceGroup,
    { isServed }: Addressees,
    version: number,
  ): Promise<void> {
    const { kind, operation } = followers[0].subscription.request;
    const payload = await inSpan(
      "event",
      "internal",
      { "acked.kind": kind, "acked.followers": followers.length },
      () => operation.execute(event, reader),
    );
    let sent = 0;
    for (const follower of followers) {
      const { sink } = follower.subscription.request;
      if (!isServed(follower)) this.withhold("not_served", [follower], version);
      else if (sink.isCongested) {
        this.withhold("congested", [follower], version);
        follower.waitForDrain();
      } else {
        sink.send(payload);
        sent++;
      }
    }
    this.needs.observer.onSent(kind, sent);
  }

  /** Groups followers for an event that ends at a position. */
  private groups(
    followers: readonly Follower[],
    position: PositionAt,
    event: Pick<GroupedEvent, "visiblePart" | "isPrivateTo" | "standingOf">,
  ): AudienceGroup[] {
    const { head } = this.needs;
    const { version, lastSeq, xid, changedMs } = position;
    const { conversationId } = this;
    const origin: Witness = {
      conversationId,
      version,
      lastSeq,
      xid,
      changedMs,
    };
    head.learn(origin, position.snapshot);
    let cursor: string | null = null;
    // Nearly all subscriptions to all conversations stand at the same watermark.
    const cursors = new Map<Watermark, string>();
    return audienceGroups(followers, {
      rightsOf: (follower) => this.rights.of(follower),
      ...event,
      cursor: () => (cursor ??= head.cursorOf(conversationId, position)),
      cursorAt(watermark) {
        const made = cursors.get(watermark) ?? head.cursorAt(watermark, origin);
        cursors.set(watermark, made);
        return made;
      },
    });
  }

  private withhold(
    reason: WithheldReason,
    followers: readonly Follower[],
    version: number,
  ): void {
    for (const follower of followers)
      this.needs.observer.onWithheld({ reason, follower, version });
  }
}
