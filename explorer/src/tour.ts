/** A tab that the explorer opens with: an operation, and who sends it. GraphiQL names a tab after its operation. */
export interface Step {
  /** Null for whoever is chosen. */
  readonly personId: string | null;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The steps of the tour through the demo conversation. The first one only reads. */
export function tour(
  conversationId: string,
  messageId: string | null,
): readonly Step[] {
  return [
    {
      personId: "alice",
      query: `# 1. What Alice sees: her newest
# messages, and who read them.
query MessageInfo {
  conversation(id: "${conversationId}") {
    title
    unreadCount
    messages(last: 3) {
      nodes {
        id
        body
        sender { displayName }
        status {
          summaryText
          recipients {
            nodes {
              user { displayName }
              state
              readAt
            }
          }
        }
      }
    }
  }
}
`,
      variables: {},
    },
    {
      personId: "alice",
      query: `# 2. Alice watches. Run this,
# then go on to the next tabs:
# events appear below them all.
subscription Watch {
  messageStatusChanged(
    conversationId: "${conversationId}"
  ) {
    receipts {
      kind
      at
      participant {
        user { displayName }
      }
    }
    messages {
      seq
      status { summaryText }
    }
  }
}
`,
      variables: {},
    },
    {
      personId: "alice",
      query: `# 3. Alice sends. The same
# clientId again stores nothing,
# and answers duplicate: true.
mutation SendMessage(
  $clientId: String!
  $body: String!
) {
  sendMessage(input: {
    conversationId: "${conversationId}"
    clientId: $clientId
    body: $body
  }) {
    duplicate
    message {
      id
      seq
      status { summaryText }
    }
  }
}
`,
      variables: { clientId: "explorer-1", body: "Hello from the explorer" },
    },
    {
      personId: "bob",
      query: `# 4. Bob has read a message of
# Alice's. Any id of hers will
# do; again changes nothing.
mutation MarkRead(
  $messageId: ID!
) {
  markRead(input: {
    messageId: $messageId
  }) {
    changed
    message {
      seq
      status { summaryText }
    }
  }
}
`,
      variables: { messageId: messageId ?? "" },
    },
  ];
}

/** The one tab of an explorer without a demo. */
export const inbox: readonly Step[] = [
  {
    personId: null,
    query: `# Paste a token above, as of
# acked token --user alice
query Inbox {
  conversations {
    nodes {
      id
      title
      unreadCount
      lastMessage {
        body
        status { summaryText }
      }
    }
  }
}
`,
    variables: {},
  },
];
