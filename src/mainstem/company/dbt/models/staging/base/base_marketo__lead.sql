select
    id,
    {{ company.address("email") }} as email,
    _fivetran_deleted
from (
{{ known_columns(source("marketo", "lead"), {
    "id": dbt.type_bigint(),
    "email": dbt.type_string(),
    "email_pseudonym": dbt.type_string(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
) as found
