import type { Viewer } from "../../auth/viewer.js";
import { AppError, notFound } from "../../foundation/errors.js";
import type { MembershipService } from "./membership-service.js";
import type { Membership } from "./participant.js";

/**
 * The same changes of who is in a conversation, by service tokens alone; users may leave (R55). Whoever is
 * no participant is told that there is no such conversation, as where users may change it (R18).
 */
function changesByHostAlone(
  membership: MembershipService,
  isPresent: (key: Membership) => Promise<boolean>,
): MembershipService {
  async function refuseUsers(viewer: Viewer, id: string): Promise<void> {
    if (viewer.isService) return;
    if (!(await isPresent({ conversationId: id, userId: viewer.userId })))
      throw notFound("conversation");
    throw forbidden();
  }

  return {
    // Owners may still say who is a recipient, and how receipts are kept: that changes nobody's being here.
    ...membership,

    async create(viewer, input) {
      if (!viewer.isService) throw forbidden();
      return membership.create(viewer, input);
    },

    async add(viewer, id, ...added) {
      await refuseUsers(viewer, id);
      return membership.add(viewer, id, ...added);
    },

    async removeParticipant(viewer, id, userId) {
      if (viewer.userId !== userId) await refuseUsers(viewer, id);
      return membership.removeParticipant(viewer, id, userId);
    },
  };
}

/** The changes that callers may make, as `USER_CONVERSATIONS` says (R55). */
export function allowed(
  membership: MembershipService,
  userConversations: "open" | "closed",
  isPresent: (key: Membership) => Promise<boolean>,
): MembershipService {
  return userConversations === "open"
    ? membership
    : changesByHostAlone(membership, isPresent);
}

function forbidden(): AppError {
  return new AppError(
    "FORBIDDEN",
    "Here the host app alone makes conversations and changes who is in them.",
  );
}
