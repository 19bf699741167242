import type { OwnProfile } from "../../auth/profile.js";

/** How many users are remembered; past it the user remembered longest is forgotten. */
const mostRemembered = 20_000;

/**
 * What a node knows to be stored of the users whose tokens it saw, so that a request need not write it
 * again. The table has the last word on which of two tokens was issued last. Where another node stores
 * another profile, what is known of the user is forgotten.
 */
export class RememberedProfiles {
  /** Null for a user of whom it is only known that they have a row. Whoever was erased is not known. */
  private readonly known = new Map<string, OwnProfile | null>();

  /** Users whose profiles are being stored: how many times, and whether another node did so meanwhile. */
  private readonly storing = new Map<
    string,
    { count: number; isStale: boolean }
  >();

  /** Whether a user is known to have a row. */
  hasRow(id: string): boolean {
    return this.known.has(id);
  }

  /**
   * Whether a profile need not be stored: it is the profile that was stored last, or its token was
   * issued before the token of that profile.
   */
  isSettled(profile: OwnProfile): boolean {
    const last = this.known.get(profile.id);
    if (!last) return false;
    if (isOlder(profile, last)) return true;
    if (
      profile.displayName !== last.displayName ||
      profile.avatarUrl !== last.avatarUrl
    )
      return false;
    // The same profile by a token that was issued later stands against more of the others.
    this.known.set(profile.id, profile);
    return true;
  }

  /**
   * A profile is being stored.
   * @returns to be called with it once it was stored, and with null where that failed
   */
  begin(id: string): (profile: OwnProfile | null) => void {
    const mine = this.storing.get(id) ?? { count: 0, isStale: false };
    mine.count++;
    this.storing.set(id, mine);
    return (profile) => {
      if (--mine.count === 0) this.storing.delete(id);
      if (profile && !mine.isStale) this.add(profile);
    };
  }

  /** Another node has stored another profile of a user, or has erased them. */
  forget(id: string): void {
    this.known.delete(id);
    const storing = this.storing.get(id);
    if (storing) storing.isStale = true;
  }

  /** Another node may have stored any profile, and erased any user. */
  forgetAll(): void {
    this.known.clear();
    for (const storing of this.storing.values()) storing.isStale = true;
  }

  /** A profile was stored. */
  add(profile: OwnProfile): void {
    const last = this.known.get(profile.id);
    if (!last || !isOlder(profile, last)) this.set(profile.id, profile);
  }

  /** A user has a row. */
  addRow(id: string): void {
    if (!this.known.has(id)) this.set(id, null);
  }

  private set(id: string, profile: OwnProfile | null): void {
    this.known.delete(id);
    this.known.set(id, profile);
    const [longest] = this.known.keys();
    if (this.known.size > mostRemembered && longest !== undefined)
      this.known.delete(longest);
  }
}

/** Whether the token of one profile is known to have been issued before the token of another. */
function isOlder(
  { issuedAtS: one = null }: OwnProfile,
  { issuedAtS: other = null }: OwnProfile,
): boolean {
  return one !== null && other !== null && one < other;
}
