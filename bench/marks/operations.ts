/** What is asked of a contender that speaks GraphQL. */
export interface Operations {
  /** One mark, and what the message's status is after it. Takes the message's id. */
  readonly mark: string;
  /** Who has read what in a conversation, as it happens. Takes the conversation's id. */
  readonly watch: string;
}

const counts =
  "id overallStatus totalRecipients deliveredCount readCount summaryText";

/** Acked's, and the ceiling's. */
export const acked: Operations = {
  mark: `mutation ($id: ID!) {
    markRead(input: { messageId: $id }) { changed cursor message { id seq status { ${counts} } } } }`,
  watch: `subscription ($id: ID!) {
    messageStatusChanged(conversationId: $id) {
      cursor receipts { kind at fromSeq toSeq participant { user { id } } }
      messages { id seq status { ${counts} } } } }`,
};

/** The second peer's. */
export const drizzle: Operations = {
  mark: `mutation ($id: Int!) { mark(messageId: $id, kind: READ) { ${counts} } }`,
  watch: `subscription ($id: ID!) {
    statusChanged(conversationId: $id) { userId kind status { ${counts} } } }`,
};
