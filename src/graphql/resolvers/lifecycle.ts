import type { MutationResolvers } from "../generated/resolvers.js";

/** The mutations that decide on users: for service tokens. */
export const lifecycleMutations: Pick<
  MutationResolvers,
  "deactivateUser" | "reactivateUser" | "eraseUser"
> = {
  deactivateUser: async (_, { input }, { services, viewer }) => ({
    conversationCount: await services.lifecycle.deactivate(
      viewer(),
      input.userId,
    ),
  }),

  reactivateUser: async (_, { input }, { services, viewer }) => ({
    conversationCount: await services.lifecycle.reactivate(
      viewer(),
      input.userId,
    ),
  }),

  eraseUser: (_, { input }, { services, viewer }) =>
    services.lifecycle.erase(viewer(), input.userId),
};
