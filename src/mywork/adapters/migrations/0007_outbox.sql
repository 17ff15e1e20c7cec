-- The field's own words: what events ask for waits in an outbox, and policies say what that is.

ALTER TABLE effects RENAME TO outbox;
ALTER TABLE outbox RENAME CONSTRAINT effects_pkey TO outbox_pkey;
ALTER TABLE outbox RENAME CONSTRAINT effects_status_check TO outbox_status_check;
ALTER INDEX effects_waiting RENAME TO outbox_waiting;

UPDATE eventstore.followers SET name = 'policies' WHERE name = 'reactions';
