-- Which code a copy of a read model was begun with: other code does not go on with it.
CREATE TABLE rebuild_code (
    place text NOT NULL,
    model text NOT NULL,
    code text NOT NULL,
    PRIMARY KEY (place, model)
);

DO $$
BEGIN
    EXECUTE format(
        'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON rebuild_code FROM %I', current_schema()
    );
END
$$;
