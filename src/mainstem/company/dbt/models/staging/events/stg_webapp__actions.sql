-- An action counts once, however often it was sent.
{{ company.staged_actions(ref("base_webapp__actions"), '"type"') }}
