ALTER TYPE "public"."log_kind" ADD VALUE 'PRIVATE';--> statement-breakpoint
CREATE TABLE "mentions" (
	"conversation_key" bigint NOT NULL,
	"user_id" text NOT NULL,
	"seq" integer NOT NULL,
	CONSTRAINT "mentions_conversation_key_user_id_seq_pk" PRIMARY KEY("conversation_key","user_id","seq")
);
--> statement-breakpoint
CREATE TABLE "silent_messages" (
	"conversation_key" bigint NOT NULL,
	"seq" integer NOT NULL,
	CONSTRAINT "silent_messages_conversation_key_seq_pk" PRIMARY KEY("conversation_key","seq")
);
--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "flagged" "int8multirange";--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "flag_firsts" integer[];--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "flag_versions" bigint[];--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "muted_until" timestamp (3) with time zone;