import type { UserResolvers } from "../generated/resolvers.js";

/** The resolvers of `User`. A field that only the user may see is null for every other viewer. */
export const User: UserResolvers = {
  displayName: async ({ id }, _, { services }) =>
    (await services.users.get(id)).displayName,
  avatarUrl: async ({ id }, _, { services }) =>
    (await services.users.get(id)).avatarUrl,
  readReceipts: async ({ id }, _, { services, viewer }) =>
    viewer().userId === id ? (await services.users.get(id)).readReceipts : null,
  unreadCount: ({ id }, _, { services, viewer }) =>
    viewer().userId === id ? services.unread.total(id) : null,
  badge: async ({ id }, _, { services, viewer }) =>
    viewer().userId === id ? (await services.unread.badge(id)).badge : null,
};
