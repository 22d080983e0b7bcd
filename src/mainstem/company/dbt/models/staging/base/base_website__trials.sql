{{ known_columns(source("website", "trial_started"), company.visit_columns()) }}
