-- The best evidence decides; where it names two accounts the licence has none and is a suspect.
with best as (
    select
        *,
        min(evidence_rank) over (partition by licence_id) as best_rank
    from {{ ref("int_licence_account_evidence") }}
)

select
    licence_id,
    min(account_id) as account_id,
    min(evidence) as evidence,
    min(evidence_rank) as evidence_rank
from best
where evidence_rank = best_rank
group by licence_id
having count(distinct account_id) = 1
