{#
  Materialization `connected_components`: a table of edges, each with the component it lies in.

  The model's query gives `node_a` and `node_b` as text. The table holds each undirected edge once, with
  `component`, which is the least node that can be reached. A component is solved by rounds: every root hooks to
  the least root next to it, then paths are made short by pointer jumps, then edges within a component are
  dropped. Each round at least halves the roots, so a path of a million nodes takes some twenty rounds at most.

  All is done in scratch tables. The table itself is replaced by one statement at the end, and only when no edge
  joins two components; otherwise the build fails after `max_rounds` and what was published stays.

  A later build compares its edges with those of the table and solves only the components in which one was added
  or taken away.
#}
{% materialization connected_components, default %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target = this.incorporate(type="table") -%}
  {%- set whole = existing is none or not existing.is_table or should_full_refresh() -%}
  {%- set most = config.get("max_rounds", var("identity_max_rounds")) | int -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- do company.components_edges(compiled_code) -%}
  {%- set touched = none -%}
  {%- if not whole -%}
    {%- set touched = company.components_touched(existing) -%}
  {%- endif -%}
  {%- do company.components_solve(touched, most, target) -%}
  {%- do company.components_result(none if whole else existing) -%}
  {%- if existing is not none and not existing.is_table -%}
    {%- do adapter.drop_relation(existing) -%}
  {%- endif -%}
  {% call statement("main") -%}
    create or replace table {{ target }} as
    select node_a, node_b, component from {{ company.scratch("result") }}
  {%- endcall %}
  {%- for name in ["edges", "endpoints", "held", "affected", "nodes", "pairs", "labels", "hooks", "next", "result"] -%}
    {%- do run_query("drop table if exists " ~ company.scratch(name)) -%}
  {%- endfor -%}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do apply_grants(target, config.get("grants"), should_revoke=false) -%}
  {%- do persist_docs(target, model) -%}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({"relations": [target]}) }}
{% endmaterialization %}

{# The name of a scratch table of the model that is being built; it lives as long as its connection. #}
{% macro scratch(name) %}{{ return(adapter.dispatch("scratch", "company")(name)) }}{% endmacro %}
{% macro default__scratch(name) %}{{ return("scratch_" ~ this.identifier ~ "_" ~ name) }}{% endmacro %}
{% macro snowflake__scratch(name) -%}
  {{ return(this.incorporate(path={"identifier": "scratch_" ~ this.identifier ~ "_" ~ name}) | string) }}
{%- endmacro %}

{% macro make_scratch(name, sql) %}
  {%- do run_query("create or replace temporary table " ~ company.scratch(name) ~ " as " ~ sql) -%}
{% endmacro %}

{# How many rows a scratch table has. #}
{% macro scratch_count(name, condition="1 = 1") %}
  {%- set sql = "select count(*) as n from " ~ company.scratch(name) ~ " where " ~ condition -%}
  {{ return(run_query(sql).columns[0].values()[0] | int) }}
{% endmacro %}

{# Each undirected edge once. #}
{% macro components_edges(sql) %}
  {%- do company.make_scratch("edges",
    "select distinct least(node_a, node_b) as node_a, greatest(node_a, node_b) as node_b from ("
    ~ sql ~ ") as given where node_a is not null and node_b is not null") -%}
{% endmacro %}

{#
  Nodes of the components that changed since the last build, into `affected`, and which condition on `edges` says
  so. An edge that stayed has both ends in one old component, so both are affected or none.
#}
{% macro components_touched(existing) %}
  {%- set now = "select node_a, node_b from " ~ company.scratch("edges") -%}
  {%- set before = "select node_a, node_b from " ~ existing -%}
  {%- do company.make_scratch("endpoints",
    "with changed as ((" ~ now ~ " except " ~ before ~ ") union all (" ~ before ~ " except " ~ now ~ "))"
    ~ " select node_a as node from changed union select node_b as node from changed") -%}
  {%- do company.make_scratch("held",
    "select node_a as node, component from " ~ existing ~ " union select node_b as node, component from " ~ existing) -%}
  {%- do company.make_scratch("affected",
    "select node from " ~ company.scratch("endpoints")
    ~ " union select node from " ~ company.scratch("held") ~ " where component in ("
    ~ "select held.component from " ~ company.scratch("held") ~ " as held join " ~ company.scratch("endpoints")
    ~ " as changed on changed.node = held.node)") -%}
  {{ return("where node_a in (select node from " ~ company.scratch("affected") ~ ")") }}
{% endmacro %}

{# `labels`: the root of each node, nodes numbered in their order so that the least number is the least node. #}
{% macro components_solve(touched, most, target) %}
  {%- set edges = "(select node_a, node_b from " ~ company.scratch("edges") ~ " " ~ (touched or "") ~ ")" -%}
  {%- do company.make_scratch("nodes",
    "select node, row_number() over (order by node) as id from (select node_a as node from " ~ edges ~ " as a"
    ~ " union select node_b as node from " ~ edges ~ " as b) as ends") -%}
  {%- do company.make_scratch("pairs",
    "select distinct a.id as one, b.id as other from " ~ edges ~ " as edges"
    ~ " join " ~ company.scratch("nodes") ~ " as a on a.node = edges.node_a"
    ~ " join " ~ company.scratch("nodes") ~ " as b on b.node = edges.node_b where a.id <> b.id") -%}
  {%- do company.make_scratch("labels", "select id, id as root from " ~ company.scratch("nodes")) -%}
  {%- set state = namespace(left=company.scratch_count("pairs"), rounds=0) -%}
  {%- for _ in range(most) -%}
    {%- if state.left > 0 -%}
      {%- do company.components_round() -%}
      {%- set state.left = company.scratch_count("pairs") -%}
      {%- set state.rounds = state.rounds + 1 -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if state.left > 0 -%}
    {%- do exceptions.raise_compiler_error(
      "components of " ~ target ~ " are not solved after " ~ most ~ " rounds: " ~ state.left
      ~ " edges still join two of them. Nothing was published; raise identity_max_rounds.") -%}
  {%- endif -%}
  {%- do log(target.identifier ~ ": solved in " ~ state.rounds ~ " rounds") -%}
{% endmacro %}

{# Hook every root to the least one beside it, jump until all point at a root, keep the edges between roots. #}
{% macro components_round() %}
  {%- set pairs, hooks, labels = company.scratch("pairs"), company.scratch("hooks"), company.scratch("labels") -%}
  {%- do company.make_scratch("hooks",
    "select node, least(node, min(beside)) as root from ("
    ~ "select one as node, other as beside from " ~ pairs ~ " union all select other as node, one as beside from "
    ~ pairs ~ ") as both_ways group by node") -%}
  {%- set state = namespace(moving=1) -%}
  {%- for _ in range(64) -%}
    {%- if state.moving > 0 -%}
      {%- do company.make_scratch("next",
        "select hook.node, onward.root, case when onward.root <> hook.root then 1 else 0 end as moved from " ~ hooks
        ~ " as hook join " ~ hooks ~ " as onward on onward.node = hook.root") -%}
      {%- set state.moving = company.scratch_count("next", "moved = 1") -%}
      {%- do company.make_scratch("hooks", "select node, root from " ~ company.scratch("next")) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- do company.make_scratch("next",
    "select distinct a.root as one, b.root as other from " ~ pairs ~ " as pairs join " ~ hooks
    ~ " as a on a.node = pairs.one join " ~ hooks ~ " as b on b.node = pairs.other where a.root <> b.root") -%}
  {%- do company.make_scratch("pairs", "select one, other from " ~ company.scratch("next")) -%}
  {%- do company.make_scratch("next",
    "select labels.id, coalesce(hooks.root, labels.root) as root from " ~ labels ~ " as labels left join " ~ hooks
    ~ " as hooks on hooks.node = labels.root") -%}
  {%- do company.make_scratch("labels", "select id, root from " ~ company.scratch("next")) -%}
{% endmacro %}

{# Every edge with its component: newly solved, or as it was. #}
{% macro components_result(existing) %}
  {%- set old = " left join " ~ existing ~ " as old on old.node_a = edges.node_a and old.node_b = edges.node_b"
    if existing else "" -%}
  {%- set component = "coalesce(least_node.node, old.component)" if existing else "least_node.node" -%}
  {%- do company.make_scratch("result",
    "select edges.node_a, edges.node_b, " ~ component ~ " as component from " ~ company.scratch("edges") ~ " as edges"
    ~ " left join " ~ company.scratch("nodes") ~ " as nodes on nodes.node = edges.node_a"
    ~ " left join " ~ company.scratch("labels") ~ " as labels on labels.id = nodes.id"
    ~ " left join " ~ company.scratch("nodes") ~ " as least_node on least_node.id = labels.root" ~ old) -%}
{% endmacro %}
