-- The queue's tables by month, for tens of millions of deliveries a month: an old month is then dropped in an instant,
-- and the indexes of this month stay small enough for memory. Everything that is written carries its source's month
-- (yyyymm, UTC), and every unique key includes it.
--
-- Once, with `barqia run` stopped and a backup made:   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -1 -f partitions.sql
-- Every month, from cron, with everything running:     psql "$DATABASE_URL" -c 'CALL barqia_months(3)'
-- To drop a month that nobody asks for any more:       ALTER TABLE delivery_delivery DETACH PARTITION
--     delivery_delivery_202601; DROP TABLE delivery_delivery_202601; and so with part, attempt and receipt.
--     A kill no longer finds the copies of a dispatch whose month is gone.

-- Partitions for the next months, where there are none yet. What is in no month's partition goes into `…_later`:
-- nothing is ever refused, but call this before the month begins.
CREATE OR REPLACE PROCEDURE barqia_months(ahead integer) LANGUAGE plpgsql AS $$
DECLARE
    queue text;
    first date;
BEGIN
    FOREACH queue IN ARRAY ARRAY['delivery_delivery', 'delivery_part', 'delivery_attempt', 'delivery_receipt'] LOOP
        FOR month IN 1..ahead LOOP
            first := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => month);
            EXECUTE format(
                'CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)',
                queue || to_char(first, '_YYYYMM'), queue,
                to_char(first, 'YYYYMM'), to_char(first + interval '1 month', 'YYYYMM')
            );
        END LOOP;
    END LOOP;
END $$;

-- Each table becomes the first partition, `…_past`, of a new one with its name, its keys and its indexes.
DO $$
DECLARE
    queue text;
    past text;
    key record;
    next_month text := to_char(now() AT TIME ZONE 'UTC' + interval '1 month', 'YYYYMM');
    last_id bigint;
BEGIN
    FOREACH queue IN ARRAY ARRAY['delivery_delivery', 'delivery_part', 'delivery_attempt', 'delivery_receipt'] LOOP
        past := queue || '_past';
        EXECUTE format('ALTER TABLE %I RENAME TO %I', queue, past);
        -- before PostgreSQL 17 a partitioned table has no identity column: the sequence is its own
        IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = past::regclass AND attname = 'id' AND attidentity <> '') THEN
            EXECUTE format('SELECT coalesce(max(id), 0) + 1 FROM %I', past) INTO last_id;
            EXECUTE format('ALTER TABLE %I ALTER id DROP IDENTITY', past);
            EXECUTE format('CREATE SEQUENCE %I START %s', queue || '_id_seq', last_id);
            EXECUTE format('ALTER TABLE %I ALTER id SET DEFAULT nextval(%L)', past, queue || '_id_seq');
        END IF;
        EXECUTE format(
            'CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (month)', queue, past
        );
        FOR key IN SELECT conname, contype, pg_get_constraintdef(oid) AS def FROM pg_constraint
            WHERE conrelid = past::regclass AND contype IN ('p', 'u')
        LOOP
            IF key.contype = 'p' THEN
                EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', past, key.conname);
                EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I PRIMARY KEY (id, month)', queue, key.conname);
            ELSE
                EXECUTE format('ALTER TABLE %I RENAME CONSTRAINT %I TO %I', past, key.conname, key.conname || '_past');
                EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I %s', queue, key.conname, key.def);
            END IF;
        END LOOP;
        FOR key IN SELECT c.relname, pg_get_indexdef(i.indexrelid) AS def FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = past::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
        LOOP
            EXECUTE format('ALTER INDEX %I RENAME TO %I', key.relname, key.relname || '_past');
            EXECUTE regexp_replace(key.def, ' ON \S+ ', format(' ON %I ', queue));
        END LOOP;
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%s)', queue, past, next_month);
        EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', queue || '_later', queue);
        IF to_regclass(queue || '_id_seq') IS NOT NULL THEN
            EXECUTE format('ALTER SEQUENCE %I OWNED BY %I.id', queue || '_id_seq', queue);
        END IF;
    END LOOP;
END $$;

CALL barqia_months(3);
