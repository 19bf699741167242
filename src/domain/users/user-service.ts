import { Batcher } from "../../foundation/batcher.js";
import { isDatabaseUnavailable } from "../../db/failure.js";
import type { Bus } from "../../bus/bus.js";
import { AppError } from "../../foundation/errors.js";
import type { Profile } from "../../auth/profile.js";
import type { UserRow } from "./user.js";
import type { UserQueries } from "./user-queries.js";

/** How many profiles are remembered as stored, so that a request need not write them again. */
const rememberedProfiles = 20_000;

export type UserService = ReturnType<typeof createUserService>;

/** Users: profiles as their tokens give them, and what they let others see. */
export function createUserService({
  queries,
  bus,
}: {
  queries: UserQueries;
  bus: Bus;
}) {
  const stored = new Map<string, string>();
  const rows = new Batcher<string, UserRow | null>({
    keyOf: (id) => id,
    concurrency: 4,
    run: async (ids) => {
      const found = new Map(
        (await queries.byId(ids)).map((row) => [row.id, row]),
      );
      return ids.map((id) => found.get(id) ?? null);
    },
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
    /** Stores a token's profile where it is new or differs. */
    async ensure(profile: Profile): Promise<void> {
      const fingerprint = JSON.stringify(profile);
      if (stored.get(profile.id) === fingerprint) return;
      await writes.submit(profile);
      if (stored.size >= rememberedProfiles) stored.clear();
      stored.set(profile.id, fingerprint);
    },

    /** A profile; a user nobody has heard of has none. */
    async get(id: string): Promise<UserRow> {
      const row = await rows.submit(id);
      if (!row) throw new AppError("NOT_FOUND", "No such user.");
      return row;
    },

    /** R20: whether others may see what the user reads from now on. */
    async setReadReceipts(id: string, enabled: boolean): Promise<void> {
      await queries.setReadReceipts(id, enabled);
      bus.publish({ kind: "user", userId: id });
    },
  };
}
