import type { SeqSet } from "../foundation/seq-set.js";
import type { Audience } from "../domain/receipts/audience.js";
import { seesAsOthersDo } from "../domain/receipts/privacy.js";
import type { Follower } from "./follower.js";
import { everySeq, type ViewerRights } from "./rights.js";
import type { Standing } from "./standing.js";
import type { Reader } from "./subscription.js";
import type { Watermark } from "./watermark.js";

/** Followers who get the very same bytes for an event. */
export interface AudienceGroup {
  readonly reader: Reader;
  /** With `sentByViewer`: the viewer; else null. */
  readonly sentBy: string | null;
  readonly cursor: string;
  readonly followers: [Follower, ...Follower[]];
}

/** What an event needs of its audience groups. */
export interface GroupedEvent {
  /** The rights of a follower's viewer; undefined for a follower that is left out. */
  rightsOf(follower: Follower): ViewerRights | undefined;
  /** The part of the event's messages that a viewer may see; null where that is all of them. */
  visiblePart(rights: ViewerRights): SeqSet | null;
  /** Whether something in the event is for one user alone, and that is the follower's viewer (R33). */
  isPrivateTo(follower: Follower): boolean;
  /** How a follower's viewer stands to the event, as receipt policies have it. */
  standingOf(follower: Follower): Standing;
  /** The cursor of a subscription to this conversation alone. */
  cursor(): string;
  /** The cursor of a subscription to all conversations that stands at a watermark. */
  cursorAt(watermark: Watermark): string;
}

/**
 * Puts together the followers whose results can't differ. In doubt, it keeps them apart. Nearly all
 * are plain: plain followers differ by their operation alone, and one lookup by it is all that is
 * spent on each of them.
 */
export function audienceGroups(
  followers: readonly Follower[],
  event: GroupedEvent,
): AudienceGroup[] {
  const plain = new Map<string, AudienceGroup>();
  const others = new Map<string, AudienceGroup>();
  for (const follower of followers) {
    const rights = event.rightsOf(follower);
    if (!rights) continue;
    const visible = event.visiblePart(rights);
    const standing = event.standingOf(follower);
    const isPlain =
      visible === null &&
      !event.isPrivateTo(follower) &&
      standing === "alike" &&
      isAlike(follower, rights) &&
      !isPartial(follower, rights);
    const { key } = follower.subscription.request.operation;
    const known = isPlain ? plain.get(key) : undefined;
    if (known) {
      known.followers.push(follower);
      continue;
    }
    const group = groupOf(follower, rights, visible, standing, event);
    const stay = group.reader.audience.seer ? String(rights.visible) : "";
    if (isPlain) plain.set(key, group);
    else add(others, group, stay);
  }
  return [...plain.values(), ...others.values()];
}

/** Whether a follower of one conversation sees what nearly everybody sees. */
function isAlike({ subscription }: Follower, rights: ViewerRights): boolean {
  const { operation, sentByViewer, conversationId } = subscription.request;
  return (
    conversationId !== null &&
    !operation.isPerViewer &&
    !sentByViewer &&
    seesAsOthersDo(rights)
  );
}

/** Whether results for a follower depend on their not seeing everything in the conversation. */
function isPartial(
  { subscription }: Follower,
  { visible }: ViewerRights,
): boolean {
  const { isPerStay = false } = subscription.request.operation;
  return isPerStay && visible !== everySeq;
}

function groupOf(
  follower: Follower,
  rights: ViewerRights,
  visible: SeqSet | null,
  standing: Standing,
  event: GroupedEvent,
): AudienceGroup {
  const { subscription } = follower;
  const { viewer, operation, sentByViewer, conversationId } =
    subscription.request;
  const isAlike = seesAsOthersDo(rights) && standing !== "own";
  const audience: Audience = {
    // The sender is no recipient of their own messages, so `sentByViewer` never shows the viewer's own state.
    self:
      (isAlike && !event.isPrivateTo(follower)) || sentByViewer
        ? null
        : viewer.userId,
    isNewRecipient: isAlike && standing === "recipient",
    seesReads: rights.readReceipts,
    visible,
    seer: isPartial(follower, rights) ? viewer.userId : null,
  };
  return {
    reader: { audience, viewer: operation.isPerViewer ? viewer : null },
    sentBy: sentByViewer ? viewer.userId : null,
    cursor:
      conversationId === null
        ? event.cursorAt(subscription.watermark)
        : event.cursor(),
    followers: [follower],
  };
}

/** Adds a group, or its follower to the group that gets the same. */
function add(
  groups: Map<string, AudienceGroup>,
  group: AudienceGroup,
  stay: string,
): void {
  const [follower] = group.followers;
  const { operation, sentByViewer, viewer } = follower.subscription.request;
  const { self, seesReads, visible, isNewRecipient } = group.reader.audience;
  const owner = operation.isPerViewer || sentByViewer ? viewer.userId : "";
  const key = [
    operation.key,
    group.cursor,
    owner,
    sentByViewer,
    self,
    seesReads,
    visible,
    stay,
    isNewRecipient,
  ].join("\0");
  const same = groups.get(key);
  if (same) same.followers.push(follower);
  else groups.set(key, group);
}
