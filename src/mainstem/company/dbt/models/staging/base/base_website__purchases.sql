{{ known_columns(source("website", "purchase_completed"), company.visit_columns()) }}
