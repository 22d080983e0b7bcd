INSERT INTO activation_plans (activation, destination, object, digest, snapshot, made_at, made_by, as_of, state)
    VALUES ('account_usage', 'crm', 'Account', '\xaa', 7, '2026-03-02 10:00Z', 'ada', '2026-03-01', 'applied');
INSERT INTO activation_plan_rows (plan_id, number, op, key, target_id, body, state)
    VALUES (1, 0, 'update', 'a1', '001', '{"values": {"Users__c": 5}}', 'written');
INSERT INTO activation_rows (activation, key, target_id, written, digest, is_ours, at)
    VALUES ('account_usage', 'a1', '001', '{"Users__c": 5}', '\xbb', false, '2026-03-02 10:01Z');
INSERT INTO activation_runs (plan_id, activation, began_at, ended_at, began_by, state)
    VALUES (1, 'account_usage', '2026-03-02 10:00Z', '2026-03-02 10:01Z', 'ada', 'success');
INSERT INTO activation_batches (run_id, plan_id, op, ticket, is_settled, sent_at, settled_at)
    VALUES (1, 1, 'update', 'job-1', true, '2026-03-02 10:00Z', '2026-03-02 10:01Z');
INSERT INTO activation_log (run_id, activation, key, op, target_id, payload, state, trouble, code, message, try, at)
    VALUES (1, 'account_usage', 'a1', 'update', '001', '\xcc', 'written', '', '', '', 1, '2026-03-02 10:01Z');
