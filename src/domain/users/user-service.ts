import type { Profile } from "../../auth/profile.js";
import type { Bus } from "../../bus/bus.js";
import { isDatabaseUnavailable } from "../../db/failure.js";
import { Batcher, batchedReader } from "../../foundation/batcher.js";
import { AppError } from "../../foundation/errors.js";
import type { UserRow } from "./user.js";
import type { UserQueries } from "./user-queries.js";

/** How many profiles are remembered as stored, so that a request need not write them again. */
const rememberedProfiles = 20_000;

/** Users: their profiles, as their tokens give them, and their preference for read receipts. */
export interface UserService {
  /** Stores a token's profile where it is new or differs from the stored profile. */
  ensure(profile: Profile): Promise<void>;
  /**
   * A profile. A user has one from their first token, or from when they were named as a participant.
   * @throws {AppError} NOT_FOUND
   */
  get(id: string): Promise<UserRow>;
  /** Sets whether others may see what the user reads from now on (R20). */
  setReadReceipts(id: string, enabled: boolean): Promise<void>;
}

/** Makes the service of users. */
export function createUserService({
  queries,
  bus,
}: {
  queries: UserQueries;
  bus: Bus;
}): UserService {
  const stored = new Map<string, string>();
  const row = batchedReader({
    read: queries.byId,
    keyOf: (id: string) => id,
    keyOfRow: ({ id }) => id,
  });
  const writes = new Batcher<Profile, void>({
    keyOf: (profile) => JSON.stringify(profile),
    isOneItemsFault: (error) => !isDatabaseUnavailable(error),
    run: async (profiles) => {
      await queries.upsert(profiles);
      return profiles.map(() => undefined);
    },
  });

  return {
    async ensure(profile) {
      const fingerprint = JSON.stringify(profile);
      if (stored.get(profile.id) === fingerprint) return;
      await writes.submit(profile);
      if (stored.size >= rememberedProfiles) stored.clear();
      stored.set(profile.id, fingerprint);
    },

    async get(id) {
      const found = await row(id);
      if (!found) throw new AppError("NOT_FOUND", "No such user.");
      return found;
    },

    async setReadReceipts(id, enabled) {
      await queries.setReadReceipts(id, enabled);
      bus.publish({ kind: "user", userId: id });
    },
  };
}
