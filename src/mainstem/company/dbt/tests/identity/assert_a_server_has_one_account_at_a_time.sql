select one.server_id, one.valid_from, other.valid_from as other_from
from {{ ref("bdg_server_account") }} as one
inner join {{ ref("bdg_server_account") }} as other
    on other.server_id = one.server_id
    and other.server_account_id <> one.server_account_id
    and one.valid_from < other.valid_to
    and other.valid_from < one.valid_to
