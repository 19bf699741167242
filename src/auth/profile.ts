/** The profile of a user as their token states it. Null leaves the stored value as it is. */
export interface Profile {
  readonly id: string;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
}
