import { Batcher } from "../foundation/batcher.js";
import type { Membership } from "../domain/conversations/participant.js";
import type { MessageRow } from "../domain/messages/message.js";
import type { MessageService } from "../domain/messages/message-service.js";
import type { Audience } from "../domain/receipts/audience.js";
import { concerned, type ChangeSet } from "./visible-change.js";
import type { Position } from "../domain/conversations/position.js";
import { placeOf, type ChangeService } from "./changes.js";
import { SeqSet, type Run } from "../foundation/seq-set.js";
import { encodeCursor, type StreamCursor } from "./cursor.js";
import type { MemberRow } from "./rights-queries.js";
import type { Reader, StreamEvent, Subscription, Tap } from "./subscription.js";

/** How many messages are read at once for subscribers to `messageAdded`. */
const messagesPerRead = 200;

const everySeq = SeqSet.span(1, Infinity);
const everySeqText = String(everySeq);

const service: Member = {
  visible: everySeq,
  isActive: true,
  hasHidden: false,
  readReceipts: true,
};

/** What a feed needs of the hub and the services. */
export interface FeedDependencies {
  readonly changes: ChangeService;
  readonly messages: MessageService;
  /** What a user may see of a conversation now; null where they never were in it. */
  member(key: Membership): Promise<MemberRow | null>;
  /** A count that only grows: tells what began before what. */
  tick(): number;
  /** All before this time has been sent to a subscription to all conversations, in ms since the epoch. */
  watermarkMs(subscription: Subscription): number;
  /** Up to which time everything is known to who read the database at a time. */
  settledAt(atMs: number): number;
  /** A subscriber who is no participant any more. */
  onRemoved(tap: Tap): void;
  /** A tap became live, or stopped being so. */
  onStateChange(tap: Tap): void;
  onError(error: unknown): void;
}

interface Member {
  readonly visible: SeqSet;
  readonly isActive: boolean;
  readonly hasHidden: boolean;
  readonly readReceipts: boolean;
}

/** Subscribers who get the very same bytes for an event. */
interface Group {
  readonly reader: Reader;
  readonly sentBy: string | null;
  readonly cursor: string;
  readonly taps: [Tap, ...Tap[]];
}

/**
 * One conversation's stream on this node, while somebody here listens. Rung, it reads what changed
 * since its place, computes one result for each distinct (operation, audience), and hands the same
 * bytes to every socket. While it is busy, further rings wait and go together.
 */
export class Feed {
  readonly conversationId: string;
  readonly taps = new Set<Tap>();
  private readonly needs: FeedDependencies;
  private readonly members = new Map<string, Member>();
  private membersAreStale = true;
  private readonly rings = new Batcher<number, void>({
    run: async (versions) => {
      await this.pump(Math.max(...versions));
      return versions.map(() => undefined);
    },
  });

  /** All up to here has been read and handed to the live taps; null until the first tap is live. */
  private place: Position | null = null;
  /** The highest version that this feed was told of. */
  private heard = 0;

  constructor(conversationId: string, needs: FeedDependencies) {
    this.conversationId = conversationId;
    this.needs = needs;
  }

  /** Says that the conversation stands at a version; resolves when all up to it has been sent. */
  async ring(version: number): Promise<void> {
    this.heard = Math.max(this.heard, version);
    if (this.place && version > this.place.version)
      await this.rings.submit(version);
  }

  /** Says that rights or preferences may have changed: they are read again before the next event. */
  refreshMembers(): void {
    this.membersAreStale = true;
  }

  /** Reads for a tap that is not live, from its place on, until it has caught up. */
  async catchUp(tap: Tap): Promise<void> {
    if (tap.state !== "behind") return;
    this.setState(tap, "catching up");
    try {
      for (;;) {
        if (tap.subscription.request.sink.isCongested) {
          this.fallBehind(tap);
          return;
        }
        const isUpToDate = await this.step(tap);
        if (!isCatchingUp(tap)) return;
        if (isUpToDate && this.isReached(tap)) break;
      }
      tap.liveSince = this.needs.tick();
      this.setState(tap, "live");
      this.place ??= tap.place;
      await this.ring(this.heard);
    } catch (error) {
      if (!isClosed(tap)) this.setState(tap, "behind"); // the next sweep tries again
      this.needs.onError(error);
    }
  }

  /** Whether a tap stands where the live ones stand. */
  private isReached({ place, subscription }: Tap): boolean {
    if (!this.place) return true;
    if (place.version < this.place.version) return false;
    return (
      subscription.request.kind === "status" ||
      place.lastSeq >= this.place.lastSeq
    );
  }

  /** Lets a tap wait until its socket has drained; then it reads for itself. */
  private fallBehind(tap: Tap): void {
    this.setState(tap, "behind");
    tap.subscription.request.sink.whenDrained(() => void this.catchUp(tap));
  }

  /**
   * One round of catching up: reads what a tap has not been sent, and sends it.
   * @returns whether there is no more
   */
  private async step(tap: Tap): Promise<boolean> {
    const set = await this.needs.changes.since(this.conversationId, tap.place);
    await this.loadMembers([tap]);
    if (isClosed(tap)) return true;
    const member = this.memberOf(tap);
    if (!member?.isActive) {
      this.needs.onRemoved(tap);
      return true;
    }
    if (isStatus(tap)) await this.sendChange(set, [tap], isCatchingUp);
    else {
      const messages = await this.readMessages(
        tap.place.lastSeq,
        set.position.lastSeq,
        member.visible,
      );
      await this.sendEach(messages, [tap], isCatchingUp);
      if (messages.length === messagesPerRead) return false;
    }
    if (isCatchingUp(tap)) tap.place = set.position;
    return set.isComplete;
  }

  /** Reads what changed since the feed's place and sends it to the live taps. */
  private async pump(version: number): Promise<void> {
    while (this.place && this.place.version < version && this.taps.size > 0) {
      const begun = this.needs.tick();
      const from = this.place;
      const set = await this.needs.changes.since(this.conversationId, from);
      await this.refreshIfNeeded(set);
      // From here on a tap that is catching up must reach this place before it is live.
      this.place = set.position;
      const ready = this.readyTaps(begun);
      // One that falls behind meanwhile reads for itself from then on, even if it is live again before
      // this round ends: nothing more of the round is for it.
      const isServed = (tap: Tap) =>
        tap.state === "live" && tap.liveSince <= begun;
      try {
        await this.sendChange(set, ready.filter(isStatus), isServed);
        await this.sendMessages(
          from.lastSeq,
          set.position.lastSeq,
          ready.filter(isMessages),
          isServed,
        );
        for (const tap of ready) if (isServed(tap)) tap.place = set.position;
      } catch (error) {
        for (const tap of ready)
          if (isServed(tap)) this.setState(tap, "behind");
        throw error;
      }
    }
  }

  private async sendMessages(
    above: number,
    upTo: number,
    taps: readonly Tap[],
    isServed: (tap: Tap) => boolean,
  ): Promise<void> {
    if (taps.length === 0) return;
    for (let from = above; from < upTo;) {
      const messages = await this.readMessages(from, upTo, everySeq);
      await this.sendEach(messages, taps, isServed);
      from = messages.at(-1)?.seq ?? upTo;
    }
  }

  /** Sends messages one after the other, to each tap until it can take no more. */
  private async sendEach(
    messages: readonly MessageRow[],
    taps: readonly Tap[],
    isServed: (tap: Tap) => boolean,
  ): Promise<void> {
    for (const message of messages) {
      const { seq } = message;
      const waiting = taps.filter(
        (tap) => isServed(tap) && tap.place.lastSeq < seq,
      );
      if (waiting.length === 0) continue;
      await this.sendMessage(message, waiting, isServed);
      for (const tap of waiting)
        if (isServed(tap))
          tap.place = { version: tap.place.version, lastSeq: seq };
    }
  }

  /** The live taps that may be sent to now; those that may not fall behind. */
  private readyTaps(begun: number): Tap[] {
    const ready: Tap[] = [];
    for (const tap of this.taps) {
      if (tap.state !== "live") continue;
      const member = this.memberOf(tap);
      if (!member?.isActive) this.needs.onRemoved(tap);
      else if (tap.liveSince > begun) {
        // What it sent while catching up may be newer than what this round has read (R23).
        this.setState(tap, "behind");
        void this.catchUp(tap);
      } else ready.push(tap);
    }
    return ready;
  }

  /** Sends a change to those taps that are still served when it has been made. */
  private async sendChange(
    set: ChangeSet,
    taps: readonly Tap[],
    isServed: (tap: Tap) => boolean,
  ): Promise<void> {
    if (set.rows.length === 0 && !set.isReset) return;
    const groups = this.group(
      taps,
      clipper(concerned(set)),
      set.position.atMs,
      placeOf(set),
    );
    await Promise.all(
      [...groups].map(async ({ reader, sentBy, cursor, taps }) => {
        const change = await this.needs.changes.toModel(
          set,
          { audience: reader.audience, sentBy },
          cursor,
        );
        if (change)
          await this.execute(
            { messageStatusChanged: change },
            reader,
            taps,
            isServed,
          );
      }),
    );
  }

  private async sendMessage(
    message: MessageRow,
    taps: readonly Tap[],
    isServed: (tap: Tap) => boolean,
  ): Promise<void> {
    const { conversationId, seq, version } = message;
    const seeing = taps.filter((tap) => this.memberOf(tap)?.visible.has(seq));
    const place = { conversationId, version, lastSeq: seq };
    const sentMs = Date.parse(message.sentAt);
    await Promise.all(
      [...this.group(seeing, () => null, sentMs, place)].map(
        ({ reader, cursor, taps }) =>
          this.execute(
            {
              messageAdded: {
                cursor,
                message: { conversationId, seq, row: message },
              },
            },
            reader,
            taps,
            isServed,
          ),
      ),
    );
  }

  /** Executes once for a group, and sends the same bytes to each of it that can take them. */
  private async execute(
    event: StreamEvent,
    reader: Reader,
    taps: readonly [Tap, ...Tap[]],
    isServed: (tap: Tap) => boolean,
  ): Promise<void> {
    const payload = await taps[0].subscription.request.operation.execute(
      event,
      reader,
    );
    for (const tap of taps) {
      if (!isServed(tap)) continue;
      const { sink } = tap.subscription.request;
      if (sink.isCongested) this.fallBehind(tap);
      else sink.send(payload);
    }
  }

  /**
   * Puts together the taps whose results can't differ. If in doubt, they do. Nearly all are plain:
   * they differ by their operation alone, and a lookup by it is all that is spent on them.
   */
  private group(
    taps: readonly Tap[],
    clip: (member: Member) => SeqSet | null,
    atMs: number,
    place: NonNullable<StreamCursor["place"]>,
  ): Iterable<Group> {
    // Nearly all subscriptions to all conversations stand at the same watermark.
    const cursors = new Map<number, string>();
    const cursorAt = (atMs: number): string => {
      const made = cursors.get(atMs) ?? encodeCursor({ atMs, place });
      cursors.set(atMs, made);
      return made;
    };
    const placeCursor = cursorAt(this.needs.settledAt(atMs));
    const plain = new Map<string, Group>();
    const others = new Map<string, Group>();
    for (const tap of taps) {
      const member = this.memberOf(tap);
      if (!member) continue;
      const { viewer, operation, sentByViewer, conversationId } =
        tap.subscription.request;
      const visible = clip(member);
      const isOwn = operation.isPerViewer || sentByViewer;
      const hides = member.hasHidden || !member.readReceipts;
      const isPlain =
        conversationId !== null && !isOwn && !hides && visible === null;
      const known = isPlain ? plain.get(operation.key) : undefined;
      if (known) {
        known.taps.push(tap);
        continue;
      }
      const audience: Audience = {
        // Only their own messages' recipients are never themselves.
        self: hides && !sentByViewer ? viewer.userId : null,
        seesReads: member.readReceipts,
        visible,
      };
      const cursor =
        conversationId === null
          ? cursorAt(this.needs.watermarkMs(tap.subscription))
          : placeCursor;
      const group: Group = {
        reader: { audience, viewer: operation.isPerViewer ? viewer : null },
        sentBy: sentByViewer ? viewer.userId : null,
        cursor,
        taps: [tap],
      };
      if (isPlain) plain.set(operation.key, group);
      else {
        const { self, seesReads } = audience;
        const owner = isOwn ? viewer.userId : "";
        const key = [
          operation.key,
          cursor,
          owner,
          sentByViewer,
          self,
          seesReads,
          visible,
        ].join("\0");
        const same = others.get(key);
        if (same) same.taps.push(tap);
        else others.set(key, group);
      }
    }
    return [...plain.values(), ...others.values()];
  }

  private async refreshIfNeeded(set: ChangeSet): Promise<void> {
    const unknown = [...this.taps].some((tap) => !this.memberOf(tap));
    const changed = set.rows.some(
      ({ kind, isHidden }) => kind === "JOINED" || kind === "LEFT" || isHidden,
    );
    if (!this.membersAreStale && !unknown && !changed) return;
    this.membersAreStale = false;
    try {
      await this.loadMembers([...this.taps]);
    } catch (error) {
      this.membersAreStale = true;
      throw error;
    }
  }

  private async loadMembers(taps: readonly Tap[]): Promise<void> {
    const userIds = new Set(taps.filter((tap) => !isService(tap)).map(userOf));
    const rows = await Promise.all(
      [...userIds].map((userId) =>
        this.needs.member({ conversationId: this.conversationId, userId }),
      ),
    );
    for (const userId of userIds) this.members.delete(userId);
    for (const row of rows)
      if (row) this.members.set(row.userId, memberOf(row));
  }

  /** What the feed knows of a tap's viewer; a service token sees everything. */
  private memberOf(tap: Tap): Member | undefined {
    return isService(tap) ? service : this.members.get(userOf(tap));
  }

  private async readMessages(
    above: number,
    upTo: number,
    visible: SeqSet,
  ): Promise<readonly MessageRow[]> {
    if (above >= upTo) return [];
    const bounds = {
      above,
      below: upTo + 1,
      limit: messagesPerRead,
      fromEnd: false,
    };
    return this.needs.messages.page(this.conversationId, visible, bounds);
  }

  private setState(tap: Tap, state: "live" | "behind" | "catching up"): void {
    tap.state = state;
    this.needs.onStateChange(tap);
  }
}

/** What is kept of a member as long as they listen: no more than is asked. */
function memberOf(row: MemberRow): Member {
  const { isActive, hasHidden, readReceipts } = row;
  // Nearly all have been there from the first message on.
  const visible =
    row.visible === everySeqText ? everySeq : SeqSet.parse(row.visible);
  return { visible, isActive, hasHidden, readReceipts };
}

/** What a viewer may see of a run of messages, or null where that is all of it. */
function clipper(run: Run | null): (member: Member) => SeqSet | null {
  return ({ visible }) =>
    !run || visible.covers(run)
      ? null
      : SeqSet.span(run.from, run.to).intersect(visible);
}

function userOf(tap: Tap): string {
  return tap.subscription.request.viewer.userId;
}

function isService(tap: Tap): boolean {
  return tap.subscription.request.viewer.isService;
}

function isStatus(tap: Tap): boolean {
  return tap.subscription.request.kind === "status";
}

function isMessages(tap: Tap): boolean {
  return tap.subscription.request.kind === "messages";
}

function isCatchingUp({ state }: Tap): boolean {
  return state === "catching up";
}

function isClosed(tap: Tap): boolean {
  return tap.state === "closed";
}
