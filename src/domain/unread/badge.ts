/** What an app's icon shows (R37). The schema's `Badge` is this type. */
export interface Badge {
  /** Unread messages in conversations that aren't muted, and unread mentions in those that are. */
  readonly unreadCount: number;
  /** Unread messages that mention the user, muted or not. */
  readonly unreadMentionCount: number;
  /** Conversations that add to `unreadCount`. */
  readonly unreadConversationCount: number;
}

/** A badge, and for how long it stays right where nothing happens. */
export interface BadgeNow {
  readonly badge: Badge;
  /** In so many milliseconds by the database's clock a mute passes that changes the badge; null where none does. */
  readonly muteEndsInMs: number | null;
}

/** The badge of a user with nothing to read. */
export const noBadge: BadgeNow = {
  badge: { unreadCount: 0, unreadMentionCount: 0, unreadConversationCount: 0 },
  muteEndsInMs: null,
};
