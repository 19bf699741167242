import type { OwnProfile } from "../../auth/profile.js";

/** How many users are remembered; past it the user remembered longest is forgotten. */
const mostRemembered = 20_000;

/**
 * What a node knows to be stored of the users whose tokens it saw, so that a request need not write it
 * again. The table has the last word on which of two tokens was issued last; of tokens that do not say
 * so, a node knows only those that it saw itself.
 */
export class RememberedProfiles {
  /** Null for a user of whom it is only known that they have a row. */
  private readonly known = new Map<string, OwnProfile | null>();

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
