-- Each account of the CRM and the one that stands for it where a company was entered twice.
select
    account_id,
    account_id as canonical_account_id
from {{ ref("stg_crm__accounts") }}
