-- Whose an e-mail is: the person who first gave it on the website.
with given as (
    select
        identifies.email,
        coalesce(who.person_id, identifies.visitor_id) as person_id,
        row_number() over (
            partition by identifies.email order by identifies.identified_at, identifies.identify_id
        ) as place
    from {{ ref("stg_website__identifies") }} as identifies
    {{ company.join_journey_person("identifies", "identifies.identified_at") }}
    where identifies.email is not null
        and identifies.visitor_id is not null
)

select email, person_id
from given
where place = 1
