-- contract of 0005_sets_uncompressed
-- Every row of a conversation carries the conversation's key, which comes of its id, and participants are numbered
-- in their conversation: so the tables can be distributed (docs/deploy/scale.md).
--
-- Servers of the version before can't use these tables: stop them first. The log, the messages and their keys are
-- written anew, each in an order of columns that leaves no room between them, and each needs the numbers of the
-- participants, so all five tables are locked at once, in the order in which a mark takes its locks. It is one
-- transaction: whatever stops it, nothing has changed, and it can be run again.
LOCK TABLE "conversations", "participants", "messages", "message_keys", "receipt_log" IN ACCESS EXCLUSIVE MODE;--> statement-breakpoint
SET LOCAL enable_seqscan = on;--> statement-breakpoint
CREATE FUNCTION "conversation_key"("id" text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	AS $$ SELECT ('x' || encode(substring(sha256(convert_to(id, 'UTF8')) FROM 1 FOR 8), 'hex'))::bit(64)::bigint $$;--> statement-breakpoint
CREATE TABLE "participant_numbers" AS
	SELECT "key", "conversation_key"("conversation_id") AS "conversation_key", "conversation_id", "user_id",
		(row_number() OVER (PARTITION BY "conversation_id" ORDER BY "key"))::integer AS "number"
	FROM "participants";--> statement-breakpoint
CREATE UNIQUE INDEX ON "participant_numbers" ("key");--> statement-breakpoint
CREATE UNIQUE INDEX ON "participant_numbers" ("conversation_id", "user_id");--> statement-breakpoint
ANALYZE "participant_numbers";--> statement-breakpoint

ALTER TABLE "messages" DROP CONSTRAINT "messages_conversation_id_conversations_id_fk";--> statement-breakpoint
ALTER TABLE "participants" DROP CONSTRAINT "participants_conversation_id_conversations_id_fk";--> statement-breakpoint
ALTER TABLE "conversations" DROP CONSTRAINT "conversations_pkey";--> statement-breakpoint
ALTER TABLE "conversations" DROP CONSTRAINT "conversations_key_unique";--> statement-breakpoint
ALTER TABLE "conversations" ALTER COLUMN "key" DROP IDENTITY;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "last_participant" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "receipt_log" RENAME TO "receipt_log_by_keys";--> statement-breakpoint
ALTER TABLE "receipt_log_by_keys" DROP CONSTRAINT "receipt_log_run";--> statement-breakpoint
DROP INDEX "receipt_log_by_xid", "receipt_log_stream", "receipt_log_times";--> statement-breakpoint
CREATE TABLE "receipt_log" (
	"conversation_key" bigint NOT NULL,
	"version" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"xid" bigint DEFAULT (pg_current_xact_id()::text)::bigint NOT NULL,
	"participant_number" integer NOT NULL,
	"kind" "log_kind" NOT NULL,
	"first_seq" integer NOT NULL,
	"last_seq" integer NOT NULL,
	"is_hidden" boolean DEFAULT false NOT NULL,
	"is_delivery" boolean DEFAULT false NOT NULL,
	"has_gaps" boolean DEFAULT false NOT NULL,
	CONSTRAINT "receipt_log_run" CHECK ("receipt_log"."first_seq" >= 1 and "receipt_log"."last_seq" >= "receipt_log"."first_seq" - 1)
);--> statement-breakpoint
INSERT INTO "receipt_log" ("conversation_key", "version", "at", "xid", "participant_number", "kind", "first_seq", "last_seq",
		"is_hidden", "is_delivery", "has_gaps")
	SELECT p."conversation_key", l."version", l."at", l."xid", p."number", l."kind", l."first_seq", l."last_seq",
		l."is_hidden", l."is_delivery", l."has_gaps"
	FROM "receipt_log_by_keys" l JOIN "participant_numbers" p ON p."key" = l."participant_key"
	ORDER BY l."xid", l."at";--> statement-breakpoint
DROP TABLE "receipt_log_by_keys";--> statement-breakpoint
CREATE INDEX "receipt_log_by_xid" ON "receipt_log" USING brin ("xid") WITH (autosummarize = on, pages_per_range = 32);--> statement-breakpoint
CREATE INDEX "receipt_log_stream" ON "receipt_log" USING btree ("conversation_key","version");--> statement-breakpoint
CREATE UNIQUE INDEX "receipt_log_deliveries" ON "receipt_log" USING btree ("conversation_key","participant_number","first_seq") WHERE "receipt_log"."kind" = 'DELIVERED';--> statement-breakpoint
CREATE UNIQUE INDEX "receipt_log_reads" ON "receipt_log" USING btree ("conversation_key","participant_number","first_seq") WHERE "receipt_log"."kind" = 'READ';--> statement-breakpoint

ALTER TABLE "message_keys" RENAME TO "message_keys_by_ids";--> statement-breakpoint
CREATE TABLE "message_keys" (
	"conversation_key" bigint NOT NULL,
	"sender_number" integer NOT NULL,
	"seq" integer NOT NULL,
	"client_id" text NOT NULL,
	"content_digest" text NOT NULL,
	CONSTRAINT "message_keys_conversation_key_sender_number_client_id_pk" PRIMARY KEY("conversation_key","sender_number","client_id")
);--> statement-breakpoint
INSERT INTO "message_keys" ("conversation_key", "sender_number", "seq", "client_id", "content_digest")
	SELECT p."conversation_key", p."number", k."seq", k."client_id", k."content_digest"
	FROM "message_keys_by_ids" k
	JOIN "participant_numbers" p ON p."conversation_id" = k."conversation_id" AND p."user_id" = k."sender_id";--> statement-breakpoint
DROP TABLE "message_keys_by_ids";--> statement-breakpoint

ALTER TABLE "messages" RENAME TO "messages_by_ids";--> statement-breakpoint
DROP INDEX "messages_by_xid", "messages_by_sender", "messages_deleted";--> statement-breakpoint
CREATE TABLE "messages" (
	"conversation_key" bigint NOT NULL,
	"version" bigint NOT NULL,
	"sent_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	"xid" bigint DEFAULT (pg_current_xact_id()::text)::bigint NOT NULL,
	"seq" integer NOT NULL,
	"sender_number" integer NOT NULL,
	"sender_ordinal" integer NOT NULL,
	"conversation_id" text NOT NULL,
	"sender_id" text NOT NULL,
	"client_id" text NOT NULL,
	"body" text,
	"type" text NOT NULL,
	"file_type" text,
	CONSTRAINT "messages_seq" CHECK ("messages"."seq" >= 1 and "messages"."sender_ordinal" between 1 and "messages"."seq"),
	CONSTRAINT "messages_deleted_have_no_body" CHECK ("messages"."deleted_at" is null or "messages"."body" is null),
	CONSTRAINT "messages_body_bytes" CHECK (octet_length("messages"."body") <= 65536)
);--> statement-breakpoint
INSERT INTO "messages" ("conversation_key", "version", "sent_at", "deleted_at", "xid", "seq", "sender_number", "sender_ordinal",
		"conversation_id", "sender_id", "client_id", "body", "type", "file_type")
	SELECT p."conversation_key", m."version", m."sent_at", m."deleted_at", m."xid", m."seq", p."number", m."sender_ordinal",
		m."conversation_id", m."sender_id", m."client_id", m."body", m."type", m."file_type"
	FROM "messages_by_ids" m JOIN "participant_numbers" p ON p."key" = m."sender_key"
	ORDER BY m."xid", m."sent_at";--> statement-breakpoint
DROP TABLE "messages_by_ids";--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_conversation_key_seq_pk" PRIMARY KEY("conversation_key","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_by_sender" ON "messages" USING btree ("conversation_key","sender_number","seq");--> statement-breakpoint
CREATE INDEX "messages_by_xid" ON "messages" USING brin ("xid") WITH (autosummarize = on, pages_per_range = 32);--> statement-breakpoint
CREATE INDEX "messages_deleted" ON "messages" USING btree ("conversation_key","seq") WHERE "messages"."deleted_at" is not null;--> statement-breakpoint

ALTER TABLE "participants" DROP CONSTRAINT "participants_sent_count", DROP CONSTRAINT "participants_key_unique",
	DROP CONSTRAINT "participants_conversation_id_user_id_pk";--> statement-breakpoint
DROP INDEX "participants_by_user";--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "conversation_key" bigint;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "number" integer;--> statement-breakpoint
UPDATE "participants" p SET "conversation_key" = n."conversation_key", "number" = n."number"
	FROM "participant_numbers" n WHERE n."key" = p."key";--> statement-breakpoint
-- A dropped column would go on counting as one with an identity.
ALTER TABLE "participants" ALTER COLUMN "key" DROP IDENTITY;--> statement-breakpoint
ALTER TABLE "participants" ALTER COLUMN "conversation_key" SET NOT NULL, ALTER COLUMN "number" SET NOT NULL,
	DROP COLUMN "key";--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_counts" CHECK ("participants"."number" >= 1 and "participants"."sent_count" >= 0);--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_conversation_key_user_id_pk" PRIMARY KEY("conversation_key","user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "participants_by_number" ON "participants" USING btree ("conversation_key","number");--> statement-breakpoint
CREATE INDEX "participants_by_user" ON "participants" USING btree ("user_id","conversation_key") WHERE "participants"."left_at" is null;--> statement-breakpoint

UPDATE "conversations" c SET "key" = "conversation_key"(c."id"),
	"last_participant" = coalesce((SELECT max(n."number") FROM "participant_numbers" n WHERE n."conversation_id" = c."id"), 0);--> statement-breakpoint
DROP TABLE "participant_numbers";--> statement-breakpoint
-- Two ids with one key end the migration here. Of 100 million conversations any two have one with a probability of 1 in 3,700.
ALTER TABLE "conversations" ADD PRIMARY KEY ("key");--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_last_participant" CHECK ("conversations"."last_participant" >= 0);--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_conversation_key_conversations_key_fk" FOREIGN KEY ("conversation_key") REFERENCES "public"."conversations"("key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_conversation_key_conversations_key_fk" FOREIGN KEY ("conversation_key") REFERENCES "public"."conversations"("key") ON DELETE no action ON UPDATE no action;
