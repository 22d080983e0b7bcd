-- An action counts once, however often it was sent.
{{ company.staged_actions(ref("base_mobile__actions"), "event_name") }}
