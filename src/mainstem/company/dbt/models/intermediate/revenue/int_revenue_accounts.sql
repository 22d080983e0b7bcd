-- Each account of the CRM and the one that stands for it where a company was entered twice.
select
    account_id,
    canonical_account_id
from {{ ref("dim_account_identity") }}
