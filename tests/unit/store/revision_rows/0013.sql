INSERT INTO groups (id, name, position, models, created_at)
VALUES ('6b0c1a52-7e6f-4f0a-9b35-2f5b8f0a9d01', 'Sales north', 1, '{company}', '2026-11-23 07:00:00+00');
INSERT INTO group_members (group_id, user_id)
SELECT '6b0c1a52-7e6f-4f0a-9b35-2f5b8f0a9d01', id FROM users LIMIT 1;
INSERT INTO group_attributes (group_id, name, value)
VALUES ('6b0c1a52-7e6f-4f0a-9b35-2f5b8f0a9d01', 'region', 'north');
INSERT INTO user_attributes (user_id, name, chosen, value)
SELECT id, 'currency', true, 'EUR' FROM users LIMIT 1;
