import type { UserResolvers } from "../generated/resolvers.js";

/** `User`: what only the user may know is null for everyone else. */
export const User: UserResolvers = {
  displayName: async ({ id }, _, { services }) =>
    (await services.users.get(id)).displayName,
  avatarUrl: async ({ id }, _, { services }) =>
    (await services.users.get(id)).avatarUrl,
  readReceipts: async ({ id }, _, { services, viewer }) =>
    viewer().userId === id ? (await services.users.get(id)).readReceipts : null,
  unreadCount: ({ id }, _, { services, viewer }) =>
    viewer().userId === id ? services.conversations.totalUnread(id) : null,
};
