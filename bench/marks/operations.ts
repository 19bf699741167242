/** The documents for a contender that speaks GraphQL. */
export interface Operations {
  /** One mark, which selects the message's status after it. Takes the message's id. */
  readonly mark: string;
  /** The receipts of a conversation as they happen. Takes the conversation's id. */
  readonly watch: string;
}

const counts =
  "id overallStatus totalRecipients deliveredCount readCount summaryText";

/** The documents for Acked and the ceiling. */
export const acked: Operations = {
  mark: `mutation ($id: ID!) {
    markRead(input: { messageId: $id }) { changed cursor message { id seq status { ${counts} } } } }`,
  watch: `subscription ($id: ID!) {
    messageStatusChanged(conversationId: $id) {
      cursor receipts { kind at fromSeq toSeq participant { user { id } } }
      messages { id seq status { ${counts} } } } }`,
};

/** The documents for the second peer. */
export const drizzle: Operations = {
  mark: `mutation ($id: Int!) { mark(messageId: $id, kind: READ) { ${counts} } }`,
  watch: `subscription ($id: ID!) {
    statusChanged(conversationId: $id) { userId kind status { ${counts} } } }`,
};
