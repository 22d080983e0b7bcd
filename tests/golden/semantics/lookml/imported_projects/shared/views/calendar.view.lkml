view: calendar {
  sql_table_name: @{region}.calendar ;;
  dimension: day { type: date datatype: date primary_key: yes }
}
