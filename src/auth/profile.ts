/** The profile of a user as their own token states it: the whole profile. Null clears the stored value. */
export interface OwnProfile {
  readonly id: string;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
  /** When the token was issued, in seconds since the epoch; null or absent where it does not say. */
  readonly issuedAtS?: number | null;
}

/** The subject of a token. A service token says nothing of its subject's profile. */
export type Profile = OwnProfile | { readonly id: string };

/** Whether a token says what the profile is. */
export function isOwnProfile(profile: Profile): profile is OwnProfile {
  return "displayName" in profile;
}
