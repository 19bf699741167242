import {
  isOwnProfile,
  type OwnProfile,
  type Profile,
} from "../../auth/profile.js";
import type { Bus } from "../../bus/bus.js";
import { isDatabaseUnavailable } from "../../db/failure.js";
import { batchedReader } from "../../foundation/batched-reader.js";
import { Batcher } from "../../foundation/batcher.js";
import { AppError } from "../../foundation/errors.js";
import { RememberedProfiles } from "./remembered-profiles.js";
import type { UserRow } from "./user.js";
import type { StoredUser, UserQueries } from "./user-queries.js";

/** The error for a token whose subject was erased. */
function erasedToken(): AppError {
  return new AppError("UNAUTHENTICATED", "The token is not valid here.");
}

const erasedIn = (rows: readonly StoredUser[]) =>
  new Set(rows.flatMap(({ id, isErased }) => (isErased ? [id] : [])));

/** Users: their profiles, as their tokens give them, and their preference for read receipts. */
export interface UserService {
  /**
   * Makes sure that a token's subject has a row, and stores the profile of a user's own token where it
   * differs from the stored profile. Of two tokens the one that was issued last stands, and the one that
   * was used last where one of them does not say when it was issued.
   * @throws {AppError} UNAUTHENTICATED where the subject was erased (R41)
   */
  ensure(profile: Profile): Promise<void>;
  /**
   * A profile. A user has one from their first token, or from when they were named as a participant.
   * @throws {AppError} NOT_FOUND
   */
  get(id: string): Promise<UserRow>;
  /** Whether a user has a row. Whoever was erased has none (R41). */
  isKnown(id: string): Promise<boolean>;
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
  const remembered = new RememberedProfiles();
  const row = batchedReader({
    read: queries.byId,
    keyOf: (id: string) => id,
    keyOfRow: ({ id }) => id,
  });
  /** True while the bus tells the listeners of this node what this node says. */
  let isTelling = false;
  bus.listen(
    (notice) => {
      if (notice.kind === "profile" && !isTelling)
        remembered.forget(notice.userId);
    },
    () => remembered.forgetAll(),
  );
  function tell(userId: string): void {
    isTelling = true;
    bus.publish({ kind: "profile", userId });
    isTelling = false;
  }
  const profiles = new Batcher<OwnProfile, boolean>({
    keyOf: (profile) => JSON.stringify(profile),
    isOneItemsFault: (error) => !isDatabaseUnavailable(error),
    run: async (profiles) => {
      const rows = await queries.upsert(profiles);
      for (const { id, isErased } of rows) if (!isErased) tell(id);
      const erased = erasedIn(rows);
      return profiles.map(({ id }) => erased.has(id));
    },
  });
  const rows = new Batcher<string, boolean>({
    keyOf: (id) => id,
    isOneItemsFault: (error) => !isDatabaseUnavailable(error),
    run: async (ids) => {
      const erased = erasedIn(await queries.insertMissing(ids));
      return ids.map((id) => erased.has(id));
    },
  });

  return {
    async ensure(profile) {
      if (isOwnProfile(profile)) {
        if (remembered.isSettled(profile)) return;
        const end = remembered.begin(profile.id);
        let stored: OwnProfile | null = null;
        try {
          if (await profiles.submit(profile)) throw erasedToken();
          stored = profile;
        } finally {
          end(stored);
        }
      } else if (!remembered.hasRow(profile.id)) {
        if (await rows.submit(profile.id)) throw erasedToken();
        remembered.addRow(profile.id);
      }
    },

    async get(id) {
      const found = await row(id);
      if (!found) throw new AppError("NOT_FOUND", "No such user.");
      return found;
    },

    isKnown: async (id) => (await row(id)) !== null,

    async setReadReceipts(id, enabled) {
      await queries.setReadReceipts(id, enabled);
      bus.publish({ kind: "user", userId: id });
    },
  };
}
