INSERT INTO favourites (user_id, model, explore, field, marked_at)
SELECT id, 'company', 'visits', 'visits.source', '2026-11-23 07:00:00+00' FROM users;
INSERT INTO asked_questions (user_id, digest, model, explore, address, title, rows, asked_at, times)
SELECT id, '5f1c', 'company', 'visits', '/explore/company/visits?fields=visits.source', 'Source', 3,
    '2026-11-23 07:00:00+00', 2
FROM users LIMIT 1;
