/** A tab of the explorer: an operation, and the user who sends the operation. */
export interface Sample {
  readonly user: "alice" | "bob";
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** The tabs that the explorer opens with in development. GraphiQL names a tab after its operation. */
export function samples(conversationId: string, messageId: string): Sample[] {
  return [
    {
      user: "alice",
      query: `# Alice sends. The same clientId again stores nothing and answers duplicate: true;
# change it to send another message.
mutation SendMessage($clientId: String!, $body: String!) {
  sendMessage(input: {
    conversationId: "${conversationId}"
    clientId: $clientId
    body: $body
  }) {
    duplicate
    message { id seq sentAt status { overallStatus summaryText } }
  }
}
`,
      variables: { clientId: "explorer-1", body: "Hello from the explorer" },
    },
    {
      user: "bob",
      query: `# Bob has seen Alice's message: paste the id of any of hers.
# Again changes nothing and is no error.
mutation MarkRead($messageId: ID!) {
  markRead(input: { messageId: $messageId }) {
    changed
    cursor
    message { seq status { overallStatus summaryText } }
  }
}
`,
      variables: { messageId },
    },
    {
      user: "alice",
      query: `# Alice watches: run this, then send and mark in the other tabs.
subscription Watch {
  messageStatusChanged(conversationId: "${conversationId}") {
    cursor
    messageCount
    receipts { kind at fromSeq toSeq participant { user { id displayName } } }
    messages { id seq status { id overallStatus summaryText } }
  }
}
`,
      variables: {},
    },
    {
      user: "alice",
      query: `# Who has received and read the newest messages, and when.
query MessageInfo {
  conversation(id: "${conversationId}") {
    title
    unreadCount
    messages(last: 3) {
      nodes {
        seq
        body
        sender { displayName }
        status {
          summaryText
          recipients {
            nodes { user { displayName } state deliveredAt readAt }
          }
        }
      }
    }
  }
}
`,
      variables: {},
    },
  ];
}

/** The tab that the explorer opens with where it has no users. */
export const firstSteps: Omit<Sample, "user"> = {
  query: `# Put {"authorization": "Bearer …"} into the headers below; sockets use it as well.
query Inbox {
  conversations {
    nodes { id title unreadCount lastMessage { body status { summaryText } } }
  }
}
`,
  variables: {},
};
