import type { Policies } from "../domain/conversations/receipt-policy.js";
import type { MessageRow } from "../domain/messages/message.js";
import { SeqSet } from "../foundation/seq-set.js";
import type { Follower } from "./follower.js";
import type { ChangeSet } from "./visible-change.js";

/** How a viewer stands to an event, as receipt policies have it (R42): what decides who may share its result. */
export type Standing =
  /** It shows them what it shows to everybody who sees reads. */
  | "alike"
  /** It shows something of their own to them alone. */
  | "own"
  /** It brings a new message, each of whose recipients is told of themselves alone: to all of them the same. */
  | "recipient";

/** The standing of a follower's viewer to each change of a set. */
export function standingsTo({
  rows,
  policies,
}: ChangeSet): (follower: Follower) => Standing {
  if (!policies) return () => "alike";
  const silent = silentIn(policies);
  const thin = silent.subtract(policies.underOff);
  const acting = new Set<string>();
  let listsSilent = false;
  for (const { kind, userId, firstSeq, lastSeq } of rows) {
    const run = SeqSet.span(firstSeq, lastSeq);
    switch (kind) {
      case "DELIVERED":
      case "READ":
        acting.add(userId);
        break;
      case "JOINED":
      case "LEFT":
        // Whoever comes or goes has an entry of their own in the messages, or has it no longer.
        acting.add(userId);
        listsSilent ||= !thin.intersect(run).isEmpty;
        break;
      case "DELETED":
        listsSilent ||= !silent.intersect(run).isEmpty;
        break;
      case "PRIVATE":
        // Whom it concerns is in a group of their own anyway, and others are shown nothing of it.
        break;
    }
  }
  return (follower) => {
    if (follower.isService) return "alike";
    const isOwn =
      listsSilent || acting.has(follower.userId) || isPerViewer(follower);
    return isOwn ? "own" : "alike";
  };
}

/**
 * The standing of a follower's viewer to a message. A recipient who reads for themselves may have marked it
 * already; to those who are sent it as it comes, it is new.
 */
export function standingToMessage(
  { seq, senderId }: MessageRow,
  policies: Policies | null,
  isNew: boolean,
): (follower: Follower) => Standing {
  if (!policies) return () => "alike";
  const isSilent = silentIn(policies).has(seq);
  return (follower) => {
    if (follower.isService) return "alike";
    if (isPerViewer(follower)) return "own";
    if (!isSilent || follower.userId === senderId) return "alike";
    return isNew ? "recipient" : "own";
  };
}

/** The messages of whose receipts nobody but the recipient is told anything (R42, R43). */
function silentIn({ underCounts, underOff, counted }: Policies): SeqSet {
  return underOff.union(underCounts.subtract(counted));
}

const isPerViewer = ({ subscription }: Follower) =>
  subscription.request.operation.isPerViewer;
