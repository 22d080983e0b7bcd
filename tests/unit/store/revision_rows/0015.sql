INSERT INTO activation_plans (activation, destination, object, digest, address, snapshot, made_at, made_by, as_of, state)
    VALUES ('account_usage', 'crm', 'Account', '\xaa', '\xdd', 8, '2026-03-03 10:00Z', 'ada', '2026-03-02', 'planned');
