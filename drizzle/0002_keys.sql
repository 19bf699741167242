DROP INDEX "messages_by_sender";--> statement-breakpoint
ALTER TABLE "conversations" ALTER COLUMN "last_seq" SET DATA TYPE integer;--> statement-breakpoint
ALTER TABLE "message_keys" ALTER COLUMN "seq" SET DATA TYPE integer;--> statement-breakpoint
ALTER TABLE "messages" ALTER COLUMN "seq" SET DATA TYPE integer;--> statement-breakpoint
ALTER TABLE "messages" ALTER COLUMN "sender_ordinal" SET DATA TYPE integer;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "key" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "conversations_key_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_key_unique" UNIQUE("key");--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "key" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "participants_key_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_key_unique" UNIQUE("key");--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "sender_key" bigint;--> statement-breakpoint
UPDATE "messages" m SET "sender_key" = p."key" FROM "participants" p
	WHERE p."conversation_id" = m."conversation_id" AND p."user_id" = m."sender_id";--> statement-breakpoint
ALTER TABLE "messages" ALTER COLUMN "sender_key" SET NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "messages_by_sender" ON "messages" USING btree ("sender_key","seq","sender_ordinal");--> statement-breakpoint
-- Written anew, with its columns in an order that leaves no room between them: 48 bytes a row.
ALTER TABLE "receipt_log" RENAME TO "receipt_log_by_ids";--> statement-breakpoint
ALTER TABLE "receipt_log_by_ids" DROP CONSTRAINT "receipt_log_run";--> statement-breakpoint
DROP INDEX "receipt_log_times";--> statement-breakpoint
CREATE TABLE "receipt_log" (
	"conversation_key" bigint NOT NULL,
	"version" bigint NOT NULL,
	"participant_key" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"kind" "log_kind" NOT NULL,
	"first_seq" integer NOT NULL,
	"last_seq" integer NOT NULL,
	"is_hidden" boolean DEFAULT false NOT NULL,
	"is_delivery" boolean DEFAULT false NOT NULL,
	"has_gaps" boolean DEFAULT false NOT NULL,
	CONSTRAINT "receipt_log_run" CHECK ("receipt_log"."first_seq" >= 1 and "receipt_log"."last_seq" >= "receipt_log"."first_seq" - 1)
);--> statement-breakpoint
INSERT INTO "receipt_log" ("conversation_key", "version", "participant_key", "at", "kind", "first_seq", "last_seq", "is_hidden", "is_delivery")
	SELECT c."key", l."version", p."key", l."at", l."kind", l."first_seq", l."last_seq", l."is_hidden", l."is_delivery"
	FROM "receipt_log_by_ids" l
	JOIN "conversations" c ON c."id" = l."conversation_id"
	JOIN "participants" p ON p."conversation_id" = l."conversation_id" AND p."user_id" = l."user_id"
	ORDER BY l."at", c."key", l."version";--> statement-breakpoint
DROP TABLE "receipt_log_by_ids";--> statement-breakpoint
CREATE INDEX "receipt_log_stream" ON "receipt_log" USING btree ("conversation_key","version");--> statement-breakpoint
CREATE UNIQUE INDEX "receipt_log_times" ON "receipt_log" USING btree ("participant_key","kind","first_seq") WHERE "receipt_log"."kind" in ('DELIVERED', 'READ');
